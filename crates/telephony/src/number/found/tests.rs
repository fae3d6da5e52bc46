use proptest::prelude::*;

use super::*;

fn found<'t>(text: &'t str, region: &str) -> Vec<(String, &'t str)> {
    let found = numbers_in(text, region.parse().unwrap());
    found
        .into_iter()
        .map(|found| (found.reading.number.to_string(), &text[found.range]))
        .collect()
}

#[test]
fn an_email_gives_up_its_numbers_once_each_and_where_they_stand() {
    let text = "Dear Asha,\r\ncall +44 (0)20 7946 0123 ext. 5 or my mobile (07400) 123456 before 26/11/2026, 10:30.\r\n\
                Order 1234567890123456, total £1,234.56, https://example.com/020/79460199?id=442079460188\r\n\
                Again: 020\u{2011}7946\u{A0}0123. From the US: 202-555-0142\r\n";
    assert_eq!(
        found(text, "GB"),
        [
            ("+442079460123".to_owned(), "+44 (0)20 7946 0123 ext. 5"),
            ("+447400123456".to_owned(), "(07400) 123456"),
        ]
    );
}

#[test]
fn an_extension_found_is_kept_apart() {
    let found = numbers_in("Call 020 7946 0123 ext. 5 today", Region::GB);
    assert_eq!(found[0].reading.extension.as_deref(), Some("5"));
    assert_eq!(found[0].reading.typed, "020 7946 0123 ext. 5");
}

#[test]
fn cells_of_a_table_need_no_trunk_zero() {
    let text =
        "name\tphone\tjoined\nA\t9000000001\t2026-11-26\nB\t+91 90000 00002\t1.2.2026\nC\t9000000001\t\nD\t90000\t7";
    assert_eq!(
        found(text, "IN"),
        [
            ("+919000000001".to_owned(), "9000000001"),
            ("+919000000002".to_owned(), "+91 90000 00002")
        ]
    );
}

#[test]
fn a_page_and_its_links_name_a_number_once() {
    let text = r#"<a href="tel:%2B442079460123">020&nbsp;7946&nbsp;0123</a> <a href="tel:+12025550142">US</a>"#;
    assert_eq!(
        found(text, "GB"),
        [
            ("+442079460123".to_owned(), "%2B442079460123"),
            ("+12025550142".to_owned(), "+12025550142")
        ]
    );
}

#[test]
fn invisible_characters_and_other_scripts_hide_nothing() {
    for text in [
        "\u{202A}+44 20 7946 0123\u{202C}",
        "+44\u{200B}20\u{AD}7946\u{2011}0123",
        "＋４４ ２０ ７９４６ ０１２３",
        "+٤٤ ٢٠ ٧٩٤٦ ٠١٢٣",
        "+४४ २० ७९४६ ०१२३",
    ] {
        let sentence = format!("नमस्ते {text} …");
        let numbers = found(&sentence, "IN");
        assert_eq!(numbers.len(), 1, "{text:?}");
        assert_eq!(numbers[0].0, "+442079460123", "{text:?}");
        assert!(
            sentence[..].contains(numbers[0].1) && text.contains(numbers[0].1),
            "{text:?}"
        );
    }
}

#[test]
fn what_is_not_clear_is_not_found() {
    for text in [
        "call 999 now",
        "dial *#06#",
        "112",
        "442079460123",
        "3.14159265358979",
        "192.168.100.200",
        "",
    ] {
        assert_eq!(found(text, "IN"), [], "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn every_range_is_text_that_reads_as_its_number(
        words in prop::collection::vec("(\\PC{0,12}|[+0-9(). -]{6,18}|%2B[0-9]{11}|\\+44 20 7946 0[0-9]{3}|\u{AD}|\n)", 0..8),
    ) {
        let text = words.join(" ");
        let mut numbers = HashSet::new();
        for found in numbers_in(&text, Region::GB) {
            prop_assert_eq!(&text[found.range.clone()], &found.reading.typed);
            prop_assert!(numbers.insert(found.reading.number));
        }
    }

    #[test]
    fn a_number_is_found_whatever_stands_around_it(last in 0_u32..1_000, before in "[a-z ]{0,20}", after in "[a-z ]{0,20}") {
        let text = format!("{before} +44 20 7946 0{last:03}, {after}");
        let numbers = numbers_in(&text, Region::IN);
        prop_assert_eq!(numbers.len(), 1);
        prop_assert_eq!(numbers[0].reading.number.to_string(), format!("+4420794600{last:03}").replacen("00", "0", 1));
    }
}
