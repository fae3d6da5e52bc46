mod model;

use proptest::prelude::*;

use super::*;
use model::{Deed, Faults, World};

fn digest(text: &str) -> Digest {
    Digest::of_parts([text])
}

fn card(person: &str, etag: &str) -> Theirs {
    Theirs::Card(TheirCard {
        etag: etag.into(),
        card: digest(person),
        person: Some(digest(person)),
        uid: Some("uid-a".into()),
    })
}

fn known(person: &str) -> Known {
    Known {
        contact_id: "a".into(),
        href: "/a".into(),
        base: Some(Base::new(
            Some("1".into()),
            digest(person),
            digest(person),
            digest(person),
            Some("uid-a".into()),
        )),
    }
}

fn here(known: Vec<Known>, ours: &[(&str, &str)]) -> Here {
    Here {
        known,
        ours: ours
            .iter()
            .map(|(id, person)| {
                let person = digest(person);
                (
                    (*id).to_owned(),
                    Ours {
                        person,
                        is_protected: false,
                    },
                )
            })
            .collect(),
        ..Here::default()
    }
}

fn listed(cards: &[(&str, &str)]) -> Vec<Listed> {
    let cards = cards.iter().map(|(href, etag)| Listed {
        href: (*href).into(),
        etag: Some((*etag).into()),
    });
    cards.collect()
}

fn told(cards: &[(&str, Theirs)]) -> BTreeMap<String, Theirs> {
    cards
        .iter()
        .map(|(href, theirs)| ((*href).into(), theirs.clone()))
        .collect()
}

#[test]
fn without_a_change_nothing_is_read_and_nothing_done() {
    let here = here(vec![known("Ann")], &[("a", "Ann")]);
    let list = listed(&[("/a", "1")]);
    assert!(look(&here, &list, false).is_empty());
    assert_eq!(plan(&here, &list, &BTreeMap::new()), Plan::default());
    assert_eq!(look(&here, &list, true).len(), 1);
}

#[test]
fn a_change_on_one_side_goes_to_the_other() {
    let changed_here = here(vec![known("Ann")], &[("a", "Anna")]);
    let list = listed(&[("/a", "1")]);
    assert_eq!(
        look(&changed_here, &list, false).len(),
        1,
        "read before it is overwritten"
    );
    let steps = plan(&changed_here, &list, &told(&[("/a", card("Ann", "1"))])).steps;
    assert!(
        matches!(&steps[..], [Step::Put { etag, .. }] if etag == "1"),
        "{steps:?}"
    );

    let changed_there = here(vec![known("Ann")], &[("a", "Ann")]);
    let list = listed(&[("/a", "2")]);
    let steps = plan(&changed_there, &list, &told(&[("/a", card("Anna", "2"))])).steps;
    assert!(matches!(&steps[..], [Step::UpdateHere { .. }]), "{steps:?}");
}

#[test]
fn the_same_etag_with_another_card_is_not_overwritten() {
    let here = here(vec![known("Ann")], &[("a", "Anna")]);
    let plan = plan(&here, &listed(&[("/a", "1")]), &told(&[("/a", card("Annabel", "1"))]));
    assert_eq!((plan.steps.len(), plan.conflicts.len()), (0, 1), "{plan:?}");
}

#[test]
fn another_etag_with_the_same_card_is_only_noted() {
    let here = here(vec![known("Ann")], &[("a", "Ann")]);
    let plan = plan(&here, &listed(&[("/a", "9")]), &told(&[("/a", card("Ann", "9"))]));
    assert!(matches!(&plan.steps[..], [Step::Agree { .. }]), "{plan:?}");
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    let here = here(vec![known("Ann")], &[("a", "Anna")]);
    let plan = plan(&here, &listed(&[("/a", "2")]), &told(&[("/a", card("Anna", "2"))]));
    assert!(matches!(&plan.steps[..], [Step::Agree { .. }]), "{plan:?}");
    assert_eq!(plan.conflicts, []);
}

#[test]
fn a_conflict_stays_until_it_is_decided_and_a_decision_is_of_what_was_seen() {
    let list = listed(&[("/a", "2")]);
    let theirs = told(&[("/a", card("Annabel", "2"))]);
    let mut here = here(vec![known("Ann")], &[("a", "Anna")]);
    here.new_hrefs.insert("a".into(), "/new".into());
    let open = plan(&here, &list, &theirs);
    assert_eq!((open.steps.len(), open.conflicts.len()), (0, 1));
    assert_eq!(plan(&here, &list, &theirs), open);
    for (choice, is_right) in [
        (
            Choice::KeepOurs,
            (|step| matches!(step, Step::Put { .. })) as fn(&Step) -> bool,
        ),
        (Choice::KeepTheirs, |step| matches!(step, Step::UpdateHere { .. })),
        (Choice::KeepBoth, |step| matches!(step, Step::Split { .. })),
    ] {
        let seen = open.conflicts[0].sides.clone();
        here.decisions.insert("a".into(), Decision { choice, seen });
        let decided = plan(&here, &list, &theirs);
        assert!(
            matches!(&decided.steps[..], [step] if is_right(step)),
            "{choice:?} {decided:?}"
        );
        assert_eq!(decided.conflicts, []);
        // They have changed it again: nobody has seen that.
        let again = plan(&here, &list, &told(&[("/a", card("Bella", "3"))]));
        assert_eq!((again.steps.len(), again.conflicts.len()), (0, 1), "{choice:?}");
    }
}

#[test]
fn a_deletion_against_a_change_is_a_conflict_on_either_side() {
    let here_gone = here(vec![known("Ann")], &[]);
    let one = plan(&here_gone, &listed(&[("/a", "2")]), &told(&[("/a", card("Anna", "2"))]));
    assert_eq!((one.steps.len(), one.conflicts.len()), (0, 1), "{one:?}");
    let there_gone = here(vec![known("Ann")], &[("a", "Anna")]);
    let other = plan(
        &there_gone,
        &listed(&[("/z", "1")]),
        &told(&[("/a", Theirs::Gone), ("/z", Theirs::Unclear)]),
    );
    assert_eq!((other.steps.len(), other.conflicts.len()), (0, 1), "{other:?}");
}

#[test]
fn a_card_that_the_server_has_written_anew_is_still_the_one_that_was_agreed_on() {
    let here = here(vec![known("Ann")], &[]);
    let rewritten = |etag: &str| {
        Theirs::Card(TheirCard {
            etag: etag.into(),
            card: digest("Ann, with a line of the server's"),
            person: Some(digest("Ann")),
            uid: None,
        })
    };
    let same = plan(&here, &listed(&[("/a", "1")]), &told(&[("/a", rewritten("1"))]));
    assert!(matches!(&same.steps[..], [Step::DeleteThere { .. }]), "{same:?}");
    // Of another version it may be somebody's new picture.
    let other = plan(&here, &listed(&[("/a", "2")]), &told(&[("/a", rewritten("2"))]));
    assert_eq!((other.steps.len(), other.conflicts.len()), (0, 1), "{other:?}");
}

#[test]
fn whoever_is_not_to_be_called_is_not_deleted_by_the_server() {
    let mut here = here(vec![known("Ann")], &[("a", "Ann")]);
    if let Some(ours) = here.ours.get_mut("a") {
        ours.is_protected = true;
    }
    let list = listed(&[("/z", "1")]);
    let plan = plan(&here, &list, &told(&[("/a", Theirs::Gone), ("/z", Theirs::Unclear)]));
    assert_eq!((plan.steps.len(), plan.conflicts.len()), (0, 1), "{plan:?}");
}

#[test]
fn a_card_that_the_list_lacks_is_asked_for_by_name() {
    let here = here(vec![known("Ann")], &[("a", "Ann")]);
    let list = listed(&[("/z", "1")]);
    assert!(look(&here, &list, false).contains("/a"));
    let still = plan(
        &here,
        &list,
        &told(&[("/a", card("Ann", "1")), ("/z", Theirs::Unclear)]),
    );
    assert_eq!(still.steps, [], "it is there all the same");
    let unclear = plan(&here, &list, &told(&[("/a", Theirs::Unclear)]));
    assert_eq!((unclear.steps.len(), unclear.unclear.len()), (0, 2));
}

#[test]
fn an_empty_list_deletes_nobody_unasked() {
    let mut here = here(vec![known("Ann")], &[("a", "Ann")]);
    let theirs = told(&[("/a", Theirs::Gone)]);
    let asked = plan(&here, &[], &theirs);
    assert_eq!((asked.steps.len(), asked.waiting.len()), (0, 1));
    here.may_delete = 1;
    let agreed = plan(&here, &[], &theirs);
    assert_eq!((agreed.steps.len(), agreed.waiting.len()), (1, 0));
}

#[test]
fn how_many_deletions_need_a_word() {
    assert!(!are_many(3, 3));
    assert!(are_many(4, 30));
    assert!(!are_many(4, 40));
    assert!(!are_many(25, 10_000));
    assert!(are_many(26, 10_000));
}

#[test]
fn a_card_at_another_place_is_the_same_person() {
    let here = here(vec![known("Ann")], &[("a", "Ann")]);
    let list = listed(&[("/b", "1")]);
    let plan = plan(&here, &list, &told(&[("/a", Theirs::Gone), ("/b", card("Ann", "1"))]));
    assert!(
        matches!(&plan.steps[..], [Step::Agree { contact_id, href, .. }] if contact_id == "a" && href == "/b"),
        "{plan:?}"
    );
}

#[test]
fn who_is_here_already_is_not_added_again() {
    let here = here(vec![], &[("a", "Ann")]);
    let list = listed(&[("/x", "1")]);
    let plan = plan(&here, &list, &told(&[("/x", card("Ann", "1"))]));
    assert!(
        matches!(&plan.steps[..], [Step::Agree { contact_id, .. }] if contact_id == "a"),
        "{plan:?}"
    );
}

#[test]
fn a_card_that_cannot_be_read_stays_and_so_does_ours() {
    let here = here(vec![known("Ann")], &[("a", "Anna")]);
    let unreadable = Theirs::Card(TheirCard {
        etag: "2".into(),
        card: digest("?"),
        person: None,
        uid: None,
    });
    let plan = plan(&here, &listed(&[("/a", "2")]), &told(&[("/a", unreadable)]));
    assert_eq!(
        (plan.steps.len(), plan.conflicts.len(), plan.unreadable.len()),
        (0, 0, 1)
    );
}

fn deed() -> impl Strategy<Value = Deed> {
    let faults = || {
        (
            any::<u8>(),
            prop::option::of(0..8_usize),
            any::<u8>(),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(unlisted, crash_after, unclear, is_empty, moves_meanwhile)| Faults {
                unlisted: if unlisted % 3 == 0 { unlisted } else { 0 },
                unclear: if unclear % 3 == 0 { unclear } else { 0 },
                crash_after,
                is_empty: is_empty && unlisted % 5 == 0,
                moves_meanwhile: moves_meanwhile && unclear % 2 == 0,
            })
    };
    prop_oneof![
        2 => Just(Deed::AddHere),
        3 => any::<prop::sample::Index>().prop_map(Deed::EditHere),
        2 => any::<prop::sample::Index>().prop_map(Deed::DeleteHere),
        2 => Just(Deed::AddThere),
        3 => any::<prop::sample::Index>().prop_map(Deed::EditThere),
        1 => any::<prop::sample::Index>().prop_map(Deed::EditThereUnseen),
        1 => any::<prop::sample::Index>().prop_map(Deed::EditPhotoThere),
        1 => any::<prop::sample::Index>().prop_map(Deed::NewEtagThere),
        2 => any::<prop::sample::Index>().prop_map(Deed::DeleteThere),
        1 => any::<prop::sample::Index>().prop_map(Deed::MoveThere),
        1 => any::<prop::sample::Index>().prop_map(Deed::SameOnBoth),
        2 => (any::<prop::sample::Index>(), 0..3_u8).prop_map(|(which, choice)| Deed::Decide(which, choice)),
        4 => (any::<bool>(), prop::option::of(0..9_usize)).prop_map(|(thorough, may)| Deed::Sync(thorough, may.unwrap_or(0), None)),
        4 => (any::<bool>(), faults()).prop_map(|(thorough, faults)| Deed::Sync(thorough, 0, Some(faults))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order, what somebody has written is on one side, in a conflict, or was replaced or
    /// deleted by a person who had it before their eyes.
    #[test]
    fn nothing_is_lost_and_both_sides_come_to_agree(
        takes_new in any::<bool>(),
        deeds in prop::collection::vec(deed(), 1..40),
    ) {
        let mut world = World::new(takes_new);
        for deed in &deeds {
            world.play(deed);
            let lost = world.lost();
            prop_assert!(lost.is_empty(), "{deed:?} has lost {lost:?}: {world:?}");
        }
        // Nothing disturbs it any more: what is not held up by a question settles, and stays.
        for _ in 0..3 {
            world.play(&Deed::Sync(true, usize::MAX, None));
        }
        prop_assert!(world.lost().is_empty(), "{:?}", world);
        let settled = format!("{world:?}");
        let left = world.planned(true);
        prop_assert!(left.is_empty(), "a run without a change does {left:?}: {world:?}");
        world.play(&Deed::Sync(false, usize::MAX, None));
        prop_assert_eq!(format!("{world:?}"), settled);
        prop_assert_eq!(world.differing(), Vec::<String>::new(), "{:?}", world);
    }
}
