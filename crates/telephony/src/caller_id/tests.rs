use proptest::prelude::*;

use super::*;

const LONDON: &str = "+442079460101";
const LONDON_TOO: &str = "+442079460102";
const LEEDS: &str = "+441134960103";
const WASHINGTON: &str = "+12025550104";

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).unwrap()
}

fn offered() -> Vec<PhoneNumber> {
    [LONDON, LONDON_TOO, LEEDS, WASHINGTON].map(number).to_vec()
}

fn chosen(customer: &str, known: &CallerIdKnowledge) -> Option<(String, CallerIdReason)> {
    choose_caller_id(&number(customer), &offered(), known).map(|choice| (choice.number.to_string(), choice.reason))
}

fn so(number: &str, reason: CallerIdReason) -> Option<(String, CallerIdReason)> {
    Some((number.to_owned(), reason))
}

#[test]
fn each_reason_goes_before_the_next() {
    let at: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let mut known = CallerIdKnowledge {
        kept: Some(number(LEEDS)),
        last_with_person: Some((number(WASHINGTON), at)),
        rules: vec![CallerIdRule {
            prefix: "+44".into(),
            from: number(LONDON_TOO),
        }],
        used_lately: BTreeMap::from([(number(LONDON), 3)]),
        cap: Some(10),
        default: Some(number(WASHINGTON)),
    };
    let customer = "+442079460999";
    assert_eq!(chosen(customer, &known), so(LEEDS, CallerIdReason::Kept));
    known.kept = None;
    assert_eq!(chosen(customer, &known), so(WASHINGTON, CallerIdReason::LastUsed));
    known.last_with_person = None;
    assert_eq!(chosen(customer, &known), so(LONDON_TOO, CallerIdReason::Rule));
    known.rules.clear();
    assert_eq!(chosen(customer, &known), so(LONDON_TOO, CallerIdReason::SameArea));
    assert_eq!(
        chosen("+447700900123", &known),
        so(LONDON_TOO, CallerIdReason::SameCountry)
    );
    assert_eq!(
        chosen("+33123456789", &known),
        so(LONDON_TOO, CallerIdReason::LeastUsed)
    );
    known.cap = None;
    assert_eq!(chosen("+33123456789", &known), so(WASHINGTON, CallerIdReason::Default));
    known.default = None;
    assert_eq!(chosen("+33123456789", &known), None);
}

#[test]
fn the_default_stands_among_its_equals_without_a_turn() {
    let known = CallerIdKnowledge {
        used_lately: BTreeMap::from([(number(LONDON), 30)]),
        default: Some(number(LONDON)),
        ..CallerIdKnowledge::default()
    };
    assert_eq!(chosen("+442079460999", &known), so(LONDON, CallerIdReason::SameArea));
    assert_eq!(chosen("+447700900123", &known), so(LONDON, CallerIdReason::SameCountry));
}

#[test]
fn a_number_at_its_cap_rests_unless_it_is_kept() {
    let at: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let mut known = CallerIdKnowledge {
        last_with_person: Some((number(LONDON), at)),
        used_lately: BTreeMap::from([(number(LONDON), 5), (number(LONDON_TOO), 4)]),
        cap: Some(5),
        default: Some(number(LONDON)),
        ..CallerIdKnowledge::default()
    };
    assert_eq!(
        chosen("+442079460999", &known),
        so(LONDON_TOO, CallerIdReason::SameArea)
    );
    known.kept = Some(number(LONDON));
    assert_eq!(chosen("+442079460999", &known), so(LONDON, CallerIdReason::Kept));
    // All are at it: a cap never keeps a call from being made.
    known.kept = None;
    known.used_lately = offered().into_iter().map(|number| (number, 5)).collect();
    assert_eq!(chosen("+442079460999", &known), so(LONDON, CallerIdReason::Default));
}

#[test]
fn what_the_account_may_not_call_from_any_more_is_no_choice() {
    let at: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let gone = number("+442079460777");
    let known = CallerIdKnowledge {
        kept: Some(gone.clone()),
        last_with_person: Some((gone.clone(), at)),
        rules: vec![CallerIdRule {
            prefix: "+".into(),
            from: gone,
        }],
        ..CallerIdKnowledge::default()
    };
    assert_eq!(chosen("+12025550199", &known), so(WASHINGTON, CallerIdReason::SameArea));
}

#[test]
fn the_rule_that_says_most_holds() {
    let rule = |prefix: &str, from: &str| CallerIdRule {
        prefix: prefix.into(),
        from: number(from),
    };
    let known = CallerIdKnowledge {
        rules: vec![rule("+", WASHINGTON), rule("+4420", LEEDS), rule("+44", LONDON)],
        ..CallerIdKnowledge::default()
    };
    assert_eq!(chosen("+442079460999", &known), so(LEEDS, CallerIdReason::Rule));
    assert_eq!(chosen("+447700900123", &known), so(LONDON, CallerIdReason::Rule));
    assert_eq!(chosen("+33123456789", &known), so(WASHINGTON, CallerIdReason::Rule));
}

#[test]
fn an_area_is_its_country_and_area_code() {
    assert_eq!(number(LONDON).area(), Some("4420"));
    assert_eq!(number(LEEDS).area(), Some("44113"));
    assert_eq!(number(WASHINGTON).area(), Some("1202"));
    assert_eq!(number("+447700900123").area(), None);
}

proptest! {
    #[test]
    fn only_what_is_offered_or_the_default_is_chosen(
        customer in "\\+(4420|4411|1202|3312|9180)[0-9]{6,8}",
        kept in prop::option::of(0..5_usize),
        last in prop::option::of(0..5_usize),
        used in prop::collection::vec(0..6_u32, 4),
        cap in prop::option::of(1..6_u32),
        default in prop::option::of(0..5_usize),
    ) {
        let Ok(customer) = PhoneNumber::from_e164(&customer) else { return Ok(()) };
        let mut all = offered();
        all.push(number("+442079460777"));
        let at: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let known = CallerIdKnowledge {
            kept: kept.map(|index| all[index].clone()),
            last_with_person: last.map(|index| (all[index].clone(), at)),
            rules: Vec::new(),
            used_lately: offered().into_iter().zip(used).collect(),
            cap,
            default: default.map(|index| all[index].clone()),
        };
        match choose_caller_id(&customer, &offered(), &known) {
            Some(choice) if choice.reason == CallerIdReason::Default => {
                prop_assert_eq!(Some(choice.number), known.default);
            }
            Some(choice) => {
                prop_assert!(offered().contains(&choice.number));
                let used = known.used_lately[&choice.number];
                prop_assert!(choice.reason == CallerIdReason::Kept || cap.is_none_or(|cap| used < cap));
                prop_assert_eq!(choice.used_at.is_some(), choice.reason == CallerIdReason::LastUsed);
            }
            None => prop_assert_eq!(known.default, None),
        }
    }
}
