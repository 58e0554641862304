//! One test per scenario folder, of the folder's own name.

use std::collections::BTreeSet;
use std::fs;

use super::harness::{check, root};

macro_rules! scenarios {
    ($($name:ident)*) => {
        const LISTED: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                check(&root().join("testdata/scenarios").join(stringify!($name)));
            }
        )*
    };
}

macro_rules! examples {
    ($($name:ident)*) => {
        const EXAMPLES: &[&str] = &[$(stringify!($name)),*];
        mod examples {
            $(
                #[test]
                fn $name() {
                    super::check(&super::root().join("examples").join(stringify!($name)));
                }
            )*
        }
    };
}

scenarios! {
    whoever_is_on_a_suppression_list_is_on_no_audience
    an_audience_leaves_out_whoever_may_not_be_contacted
    lists_for_ads_are_hashed_as_google_and_meta_say
    an_opt_out_survives_a_merge
    an_opt_out_at_a_shared_address_holds_for_everybody_there
    a_word_of_consent_that_nobody_knows_is_no_opt_in
    stop_in_a_message_is_an_opt_out
    leading_zeros_are_part_of_an_id
    an_id_written_as_a_decimal_number_is_the_same_id
    an_id_in_scientific_notation_links_nobody
    a_spreadsheets_text_mark_is_no_part_of_an_id
    stray_spaces_do_not_part_a_person
    upper_and_lower_case_are_one_email
    case_counts_in_an_id_unless_the_config_says_otherwise
    a_plus_address_is_another_address_by_default
    plus_addresses_and_dots_meet_where_the_policy_says_so
    mailto_and_display_names_are_no_part_of_an_email
    a_domain_with_marks_meets_its_ascii_form
    what_is_no_email_links_nobody
    none_at_none_com_links_nobody
    a_phone_of_zeros_links_nobody
    not_available_links_nobody
    an_id_of_zeros_links_nobody
    placeholders_of_your_own_link_nobody
    the_built_in_placeholders_can_be_switched_off
    a_national_and_an_international_phone_number_meet
    a_national_phone_number_without_a_region_links_nobody
    a_records_country_says_how_its_phone_number_is_read
    a_number_that_no_network_gives_out_links_nobody
    apostrophes_are_letters
    commas_and_line_breaks_in_quotes_stay_in_their_cell
    of_two_rows_with_one_key_the_newest_wins
    rows_without_any_identifier_are_persons_of_their_own
    one_value_in_two_namespaces_links_nobody
    a_person_is_found_over_several_steps
    several_fields_may_hold_one_kind_of_identifier
    a_hashed_email_meets_the_raw_one
    an_md5_of_an_email_meets_the_raw_one
    a_compound_identifier_needs_all_of_its_parts
    an_office_mailbox_with_many_names_links_nobody
    a_loyal_customer_with_many_receipts_is_one_person
    spouses_at_one_email_address_stay_two_persons
    whole_names_part_spouses_where_there_is_no_first_name
    a_record_without_a_name_goes_to_the_more_recent_of_two_spouses
    two_customer_numbers_are_two_customers
    a_person_has_many_orders
    a_person_grows_no_larger_than_its_limit
    an_anonymous_visit_goes_to_the_last_one_who_logged_in
    a_bridge_between_two_customers_is_up_for_review
    values_of_too_many_people_are_suggested_as_placeholders
    a_kiosks_cookie_links_nobody
    a_stewards_word_stands_above_every_rule
    a_row_without_its_key_is_rejected
    a_key_may_be_made_of_several_columns
    rows_without_a_declared_key_are_records_of_their_own
    rows_that_cannot_be_read_are_rejected_and_the_rest_goes_on
    windows_line_ends_count_as_one_line_each
    a_byte_order_mark_is_no_part_of_the_first_column
    a_sep_line_names_the_delimiter
    the_delimiter_is_found
    windows_1252_is_read_where_it_is_declared
    utf_16_is_known_by_its_byte_order_mark
    utf_16_is_read_compressed_too
    bytes_of_another_encoding_are_rejected_row_by_row
    columns_are_found_whatever_their_case_and_spaces
    of_two_columns_of_one_name_the_first_is_meant
    a_file_without_a_header_gets_its_names_from_the_config
    compressed_files_and_several_files_are_one_source
    json_lines_are_read_by_path
    parquet_files_are_read_with_their_types
    times_are_read_in_their_format_and_zone
    twilios_customer_number_depends_on_the_direction
    mailchimps_status_is_in_the_file_name
    a_field_may_come_from_several_places
    rows_that_do_not_meet_the_condition_are_left_out
    each_survivorship_rule_picks_its_record
    the_trusted_source_wins
    fields_of_an_address_come_from_one_record
    blanks_and_placeholders_never_win
    ties_go_to_the_source_declared_first
    yes_and_no_fold_by_any_and_all
    traits_and_segments_are_sql
    a_blank_is_in_no_segment_that_compares_it
    a_spreadsheet_runs_no_cell
    preset_tiktok_audience
    preset_meta_custom_audience
    preset_google_customer_match
    preset_salesforce_contacts
    preset_hubspot_contacts
    preset_stripe_customers
    preset_snowplow_events
    preset_segment_events
    preset_ga4_events
    preset_postscript_subscribers
    preset_attentive_events
    preset_twilio_bulk_export
    preset_twilio_messages
    preset_brevo_contacts
    preset_mailchimp_audience
    preset_klaviyo_profiles
    preset_lightspeed_x_customers
    preset_lightspeed_ecom_customers
    preset_toast_checks_and_payments
    preset_square_items
    preset_square_transactions_and_customers
    preset_woocommerce_orders
    preset_woocommerce_customers
    preset_shopify_orders
    preset_shopify_customers
    a_person_keeps_their_id_when_records_arrive
    a_person_of_a_rolled_back_run_gets_the_id_again
    two_persons_who_turn_out_to_be_one_keep_the_larger_ones_id
    a_changed_rule_splits_persons_and_lineage_says_so
    a_segments_day_of_entry_and_its_hold_outs_stay
    ready_traits_follow_their_formulas
    journeys_credit_what_led_to_a_purchase
    triggers_tell_what_became_of_persons
}

examples! {
    retail
    erasure
    ga4_and_segment
    shopify_klaviyo_mailchimp_twilio
    win_back
    habitual_buyer_due
    known_visitor
    sms_responder
    opt_out_that_survives_a_merge
}

#[test]
fn every_scenario_folder_is_listed() {
    let folders = |folder: &str| -> BTreeSet<String> {
        fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.join("onefold.toml").is_file())
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let listed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(folders("testdata/scenarios"), listed(LISTED));
    assert_eq!(folders("examples"), listed(EXAMPLES));
}

#[test]
fn every_scenario_says_what_it_shows() {
    for name in LISTED {
        let folder = root().join("testdata/scenarios").join(name);
        let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert!(readme.starts_with("# ") && readme.lines().count() >= 3, "{name} has no README");
    }
}
