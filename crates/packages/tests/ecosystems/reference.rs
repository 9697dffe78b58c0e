//! The manual's page of ecosystems is what the table says.

use plimsoll_packages::{readers, reference};

use crate::tree::{compare, fixtures};

#[test]
fn the_page_of_ecosystems_is_up_to_date() {
    let page = reference();
    for reader in readers() {
        assert!(page.contains(reader.id));
    }
    compare(&fixtures().join("../../docs/ecosystems.md"), &page);
}
