use store::Store;

use super::*;

fn person(id: &str, name: &str, last: u32) -> Contact {
    Contact {
        id: id.into(),
        name: name.into(),
        numbers: vec![ContactNumber {
            number: PhoneNumber::from_e164(&format!("+44207946{last:04}")).unwrap(),
            label: None,
        }],
        ..Contact::default()
    }
}

fn desk(people: &[Contact]) -> ContactsDesk {
    let store = Store::in_memory().unwrap();
    for contact in people {
        store.add_contact(contact).unwrap();
    }
    ContactsDesk::new(store, None)
}

fn draft(ids: &[&str]) -> MergeDraft {
    MergeDraft {
        contact_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        keep: BTreeMap::new(),
    }
}

fn groups(desk: &ContactsDesk) -> Vec<Vec<String>> {
    let found = desk.duplicates(0, 100).unwrap();
    let ids = |group: DuplicateGroup| group.contacts.into_iter().map(|contact| contact.id).collect();
    found.groups.into_iter().map(ids).collect()
}

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

#[test]
fn groups_follow_merges_undoings_and_what_the_agent_says_and_are_looked_at_in_pieces() {
    let people = [
        person("a", "Ann Lee", 1),
        person("b", "A. Lee", 1),
        person("c", "Ann", 1),
        person("d", "Bob", 2),
        person("e", "Bob Ray", 2),
    ];
    let desk = desk(&people);
    assert_eq!(groups(&desk), [vec!["a", "b", "c"], vec!["d", "e"]]);
    let second = desk.duplicates(1, 1).unwrap();
    assert_eq!((second.total, second.groups.len()), (2, 1));
    assert_eq!(second.groups[0].contacts[0].id, "d");

    let merge = desk.merge(&draft(&["b", "a"]), now()).unwrap();
    assert_eq!(groups(&desk), [vec!["b", "c"], vec!["d", "e"]]);
    desk.undo_merge(&merge.merge_id).unwrap();
    assert_eq!(groups(&desk), [vec!["a", "b", "c"], vec!["d", "e"]]);

    desk.set_distinct(&["d".into(), "e".into()]).unwrap();
    assert_eq!(groups(&desk), [["a", "b", "c"]]);
    // Changed by anything else, they are looked for anew.
    desk.store.add_contact(&person("f", "Bobby", 2)).unwrap();
    assert_eq!(groups(&desk), [vec!["a", "b", "c"], vec!["d", "f"]]);
}

#[test]
fn a_merge_is_what_its_preview_showed_and_a_mark_of_one_is_of_all() {
    let mut ann = person("a", "Ann Lee", 1);
    ann.email = Some("ann@example.com".into());
    ann.note = Some("mornings".into());
    let mut double = person("b", "A. Lee", 2);
    double.email = Some("lee@example.com".into());
    double.company = Some("Globex".into());
    double.marks.do_not_call = true;
    double.marks.tags = vec!["gold".into()];
    let desk = desk(&[ann, double]);
    let mut draft = draft(&["a", "b"]);
    draft.keep.insert(MergeFieldName::Name, "2".into());
    let preview = desk.preview_merge(&draft).unwrap();
    let name = &preview.fields[0];
    assert_eq!(
        (name.value.as_str(), name.from.as_str(), name.options.len()),
        ("A. Lee", "b", 2)
    );
    assert_eq!(preview.contact.email.as_deref(), Some("ann@example.com"));
    assert_eq!(preview.contact.note.as_deref(), Some("mornings\nlee@example.com"));
    assert!(preview.contact.do_not_call);
    let merge = desk.merge(&draft, now()).unwrap();
    assert_eq!(merge.contact, preview.contact);
    assert_eq!(desk.show("a").unwrap(), preview.contact);
    assert_eq!(desk.merges(5).unwrap(), [merge]);
}

#[test]
fn what_cannot_be_merged_is_refused_with_its_reason() {
    let desk = desk(&[person("a", "Ann Lee", 1), person("b", "A. Lee", 2)]);
    let code = |draft: &MergeDraft| desk.merge(draft, now()).map(|_| ()).map_err(|error| error.code);
    assert_eq!(code(&draft(&["a", "a"])), Err("merge_needs_two".into()));
    assert_eq!(code(&draft(&["a", "nobody"])), Err("nothing_matches".into()));
    let mut keep = draft(&["a", "b"]);
    keep.keep.insert(MergeFieldName::Company, "1".into());
    assert_eq!(code(&keep), Err("merge_keep_unknown".into()), "there is none to keep");
    assert_eq!(
        desk.undo_merge("m").map_err(|error| error.code),
        Err("no_such_merge".into())
    );
}
