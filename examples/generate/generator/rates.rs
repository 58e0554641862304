//! How often each difficulty of the messy mode comes up; every rate can be set on the command line.

macro_rules! rates {
    ($($(#[doc = $doc:literal])* $name:ident = $value:literal per $of:literal;)*) => {
        /// Rates in parts per million.
        #[derive(Debug, Clone)]
        pub struct Rates {
            $($(#[doc = $doc])* pub $name: u32,)*
        }

        impl Default for Rates {
            fn default() -> Self {
                Self { $($name: $value,)* }
            }
        }

        impl Rates {
            /// Sets a rate by name; false when there is none of that name.
            pub fn set(&mut self, name: &str, value: u32) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return false,
                }
                true
            }

            /// All rates: name, parts per million, of what, what it does.
            #[must_use]
            pub fn list(&self) -> Vec<(&'static str, u32, &'static str, String)> {
                vec![$((stringify!($name), self.$name, $of, concat!($($doc),*).trim().to_owned()),)*]
            }
        }
    };
}

rates! {
    /// A letter of a first or family name is left out, doubled, swapped or mistyped.
    name_typo = 20_000 per "names written";
    /// A first name is given in its short form (Bob), where it has one.
    short_form = 80_000 per "first names written";
    /// Only the initial of the first name is given.
    initial = 30_000 per "first names written";
    /// Marks are lost (Jose for José).
    no_marks = 250_000 per "names written at the till";
    /// Names are in capitals.
    capitals = 100_000 per "names written at the till";
    /// A letter of an e-mail address is mistyped, or its domain is (gmail.con).
    email_typo = 12_000 per "e-mail addresses typed at the till";
    /// One digit of a phone number is wrong; now and then that is somebody else's number.
    phone_typo = 5_000 per "phone numbers typed at the till";
    /// The address is given with a tag (ana+shop@…).
    email_tag = 5_000 per "e-mail addresses on the web";
    /// A person uses two e-mail addresses.
    second_email = 150_000 per "persons";
    /// A person gets a new phone number on some day, and keeps it.
    new_phone = 80_000 per "persons";
    /// A person moves on some day.
    moved = 100_000 per "persons";
    /// A person takes another family name on some day.
    new_surname = 30_000 per "persons";
    /// A second web account of the same person, used for a third of the visits.
    second_account = 20_000 per "persons with an account";
    /// A second loyalty card of the same person, used for a third of the receipts.
    second_card = 20_000 per "persons with a card";
    /// Two persons of one home and family name share one e-mail address.
    spouses = 80_000 per "groups of five persons";
    /// Three to five persons of one home and family name share a landline, used for half of their phone numbers.
    household = 80_000 per "groups of five persons";
    /// Two persons of a household have the same first name too (father and son).
    junior = 40_000 per "households";
    /// A phone number passes from one person to another on some day.
    recycled_phone = 30_000 per "groups of five persons";
    /// An e-mail address that is on every list of placeholders (none@none.com).
    placeholder_email = 20_000 per "receipts";
    /// A phone number that is on every list of placeholders (0000000000).
    placeholder_phone = 20_000 per "receipts";
    /// The call center's own number: valid, and on no list.
    call_center_phone = 40_000 per "receipts";
    /// The shop's own e-mail address: valid, and on no list.
    shop_email = 15_000 per "receipts";
    /// The cashier's own loyalty card, swiped for a customer who has none. Off unless asked for.
    cashier_card = 0 per "receipts";
    /// A guest: no identifier, no name.
    guest = 120_000 per "receipts";
    /// A web visit on a kiosk in a shop, whose cookie some three hundred visits have.
    kiosk = 15_000 per "web visits";
    /// A web visit by somebody who is logged in; all others have only a cookie.
    logged_in = 450_000 per "web visits";
    /// Visits that carry the e-mail address hashed (SHA-256) instead of as it is.
    hashed_email = 250_000 per "web visits logged in with an address";
    /// A visit on a device of somebody else of the group of five.
    borrowed_device = 10_000 per "web visits";
    /// A receipt that is exported a second time, unchanged.
    exported_twice = 2_000 per "receipts";
}
