use super::*;
use crate::config::Format;
use crate::ingest::LookColumn;

/// A file as it would look, from CSV.
fn look(path: &str, text: &str) -> Look {
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let mut columns: Vec<LookColumn> =
        rows.next().unwrap().into_iter().map(|name| LookColumn { name, values: Vec::new() }).collect();
    let mut count = 0;
    for row in rows {
        count += 1;
        columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
    }
    Look { path: path.into(), format: Format::Csv, spaces: false, encoding: None, columns, rows: count, whole: true }
}

fn drafted(files: &[(&str, &str)]) -> String {
    let looks = files.iter().map(|(path, text)| look(path, text)).collect();
    let draft = draft(looks, &|paths| quoted(&paths.join(" "))).expect("something identifies a person");
    let loaded = crate::config::load_text(&draft.toml, std::path::Path::new("onefold.toml"), &|_| None);
    if let Err(faults) = loaded {
        panic!("{faults}\n{}", draft.toml);
    }
    draft.toml
}

#[test]
fn a_shops_export_becomes_a_config_that_says_how_sure_it_is() {
    let toml = drafted(&[(
        "shop_orders.csv",
        "Order No,Sold At,E-Mail,Mobile,First,Last Name,Total,Customer No,Marketing Opt-In,Note\n\
         1001,05/13/2024 10:00,ana@example.com,(617) 555-0142,Ana,Lopez,3.50,0042,yes,x\n\
         1002,05/14/2024 11:00,bo@example.com,(617) 555-0143,Bo,Berg,4.00,0043,no,\n\
         1003,05/15/2024 12:00,ana@example.com,(617) 555-0142,Ana,Lopez,7.00,0042,yes,\n",
    )]);
    insta::assert_snapshot!(toml);
}

#[test]
fn an_id_never_becomes_a_number_nor_an_amount() {
    let toml =
        drafted(&[("sales.csv", "CustomerID,Total,Store Code\n17850.0,2.50,7\n17851.0,3.50,7\n17850.0,1.00,7\n")]);
    assert!(toml.contains("customer_id = \"CustomerID\""), "{toml}");
    assert!(!toml.contains("kind = \"number\"") && toml.contains("amount = \"Total\""), "{toml}");
}

#[test]
fn an_order_carries_its_customer_to_the_payment() {
    let toml = drafted(&[
        ("customers.csv", "id,first_name\n1,Ana\n2,Bo\n3,Cy\n"),
        ("orders.csv", "id,user_id,order_date\n11,1,2024-01-01\n12,3,2024-01-02\n13,2,2024-01-03\n"),
        ("payments.csv", "id,order_id,amount\n91,11,5\n92,12,6\n93,13,7\n"),
    ]);
    assert!(toml.contains("user_id = \"id\"") && toml.contains("user_id = \"user_id\""), "{toml}");
    assert!(toml.contains("order_id = \"id\"") && toml.contains("order_id = \"order_id\""), "{toml}");
    assert!(toml.contains("[identifiers.order_id]"), "{toml}");
}

#[test]
fn ids_that_share_no_value_keep_apart() {
    let toml = drafted(&[
        ("web.csv", "customer_id,email\n1,ana@example.com\n2,bo@example.com\n1,ana@example.com\n"),
        ("till.csv", "customer_id,total\n9001,5\n9002,6\n9001,7\n"),
    ]);
    assert!(toml.contains("[identifiers.customer_id]") && toml.contains("[identifiers.till_customer_id]"), "{toml}");
}

#[test]
fn files_that_identify_nobody_are_left_out_and_alone_refused() {
    let toml = drafted(&[("customers.csv", "email\nana@example.com\n"), ("products.csv", "sku,title\n1,Mug\n2,Cup\n")]);
    assert!(toml.contains("Left out, for no column identifies a person: products.csv"), "{toml}");
    let alone = draft(vec![look("products.csv", "sku,title\n1,Mug\n")], &|_| String::new());
    assert!(alone.expect_err("nobody").what.contains("identifies a person"));
}

#[test]
fn no_value_of_the_data_gets_into_the_config() {
    let toml = drafted(&[("a.csv", "email,phone,name\nsecret@example.com,+16175550142,Ana Secret\n")]);
    for value in ["secret", "Secret", "5550142"] {
        assert!(!toml.contains(value), "{toml}");
    }
}

#[test]
fn a_known_layout_becomes_a_preset() {
    let toml = drafted(&[(
        "x.csv",
        "EMAIL,LASTNAME,FIRSTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME,MODIFIED_TIME\na@example.com,L,A,33612345678,No,No,x,x\n",
    )]);
    assert!(toml.contains("preset = \"brevo-contacts\"") && toml.contains("[identifiers.phone]"), "{toml}");
}

#[test]
fn a_rows_own_number_is_no_customer_where_something_better_is_there() {
    let rows = "rec-1-org,Ana,Lopez,6988048\nrec-2-org,Bo,Berg,7364009\nrec-1-org,Cy,Cole,6635962\n";
    let toml = drafted(&[("people.csv", &format!("rec_id,given_name,surname,soc_sec_id\n{rows}"))]);
    assert!(toml.contains("[identifiers.national_id]") && !toml.contains("[identifiers.customer_id]"), "{toml}");
}

#[test]
fn rows_of_one_invoice_are_one_customers_where_some_do_not_name_the_customer() {
    let text = "InvoiceNo,CustomerID,UnitPrice\n536,17850.0,1\n536,17850.0,2\n537,,3\n537,,4\n538,13047.0,1\n538,,2\n";
    let toml = drafted(&[("retail.csv", text)]);
    assert!(toml.contains("[identifiers.invoice_id]") && toml.contains("invoice_id = \"InvoiceNo\""), "{toml}");
    // A number that comes again for another customer holds nobody together.
    let toml = drafted(&[("retail.csv", &text.replace("538,13047.0", "536,13047.0"))]);
    assert!(!toml.contains("[identifiers.invoice_id]"), "{toml}");
}

#[test]
fn money_is_counted_once() {
    let toml = drafted(&[
        ("customers.csv", "id,email,total_spent\n1,ana@example.com,30\n2,bo@example.com,7\n3,cy@example.com,1\n"),
        ("orders.csv", "id,customer_id,total\n11,1,20\n12,1,10\n13,2,7\n"),
        ("order_lines.csv", "id,order_id,price\n91,11,15\n92,11,5\n93,12,10\n94,13,7\n"),
    ]);
    assert_eq!(toml.lines().filter(|line| line.starts_with("amount = ")).count(), 1, "{toml}");
    assert!(toml.contains("amount = \"total\"") && toml.contains("orders = \"COUNT(DISTINCT order_id)"), "{toml}");
}

#[test]
fn an_export_of_names_alone_links_nobody_although_its_layout_is_known() {
    let orders = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales\n\
                  2026-01-02,17,$3.50,completed,Ana Lee,new,1× Mug,1,,3.50\n";
    let alone = draft(vec![look("orders.csv", orders)], &|_| String::new());
    assert!(alone.expect_err("nobody").what.contains("identifies a person"));
    let toml = drafted(&[("orders.csv", orders), ("customers.csv", "email\nana@example.com\n")]);
    assert!(toml.contains("preset = \"woocommerce-orders\"") && toml.contains("[identifiers.email]"), "{toml}");
}

#[test]
fn codes_under_a_bare_noun_are_ids_but_the_end_of_a_payment_card_is_none() {
    let toml = drafted(&[("till.csv", "Customer,Card,Total\n0042,00004711,3\n0043,00004712,4\n0042,00004711,5\n")]);
    assert!(toml.contains("customer_id = \"Customer\"") && toml.contains("loyalty_id = \"Card\""), "{toml}");
    let toml = drafted(&[
        ("till.csv", "Customer,Card,Total\nAna Lee,4711,3\nBo Ito,4712,4\nAna Lee,4711,5\n"),
        ("a.csv", "email\na@b.org\n"),
    ]);
    assert!(!toml.contains("loyalty_id =") && !toml.contains("customer_id ="), "{toml}");
}
