//! Contacts, the journal as files, and the commands that need no engine.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::events::Events;
use crate::stage::{CUSTOMER, Stage, failed};
use crate::web::tell;

const PEOPLE: &str = "Name,Company,Phone (mobile),Phone (work)\n\
                      José Álvarez,Álvarez & Sons,020 7946 0401,+44 20 7946 0402\n\
                      Priya Nair,Nair Ltd,+44 20 7946 0403,\n\
                      Nobody,,not a number,\n";

#[tokio::test]
async fn cards_are_imported_by_what_they_hold_and_once() -> Result<()> {
    let stage = Stage::acefone().await?;
    let file = stage.folder().join("people.txt");
    let cards = "BEGIN:VCARD\nVERSION:4.0\nFN:José Álvarez\nTEL;VALUE=uri;TYPE=cell:tel:+44-20-7946-0401\n\
                 CATEGORIES:gold\nEND:VCARD\nBEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:\
                 Nair;Pr=C3=ADya\nTEL;CELL:020 7946 0403\nTEL;HOME:12\nEND:VCARD\n";
    fs::write(&file, cards)?;
    let file = file.display().to_string();
    let report = stage.json(&["contacts", "import", &file]).await?;
    assert_eq!(
        (&report["added"], &report["skipped"][0]["line"]),
        (&json!(2), &json!(11)),
        "{report}"
    );
    let again = stage.json(&["contacts", "import", &file]).await?;
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&json!(0), &json!(2)),
        "{again}"
    );
    let rows = stage.json(&["contacts", "search", "priya nair"]).await?;
    assert_eq!(rows[0]["number"], "+442079460403", "{rows}");
    let people = stage.json(&["contacts", "export"]).await?;
    assert_eq!(people[0]["tags"], json!(["gold"]), "{people}");
    Ok(())
}

#[tokio::test]
async fn namesakes_are_told_apart_by_what_else_is_known_of_them() -> Result<()> {
    let stage = Stage::acefone().await?;
    let file = stage.folder().join("people.csv");
    let people = "Name,Company,Phone\nAsha Rao,Acme,020 7946 0401\nAsha Rao,,020 7946 0402\n";
    fs::write(&file, people)?;
    stage.json(&["contacts", "import", &file.display().to_string()]).await?;
    let outcome = stage.run(&["call", "asha rao", "--yes"]).await?;
    let error = outcome.error()?;
    assert_eq!(
        (outcome.code, &error["code"]),
        (2, &json!("contact_not_clear")),
        "{error}"
    );
    for told in ["Asha Rao (Acme, +442079460401)", "Asha Rao (+442079460402)"] {
        assert!(
            error["message"].as_str().is_some_and(|text| text.contains(told)),
            "{error}"
        );
    }
    assert_eq!(stage.provider.dials().len(), 0);
    Ok(())
}

#[tokio::test]
async fn people_are_imported_found_and_called_by_name() -> Result<()> {
    let stage = Stage::acefone().await?;
    let file = stage.folder().join("people.csv");
    fs::write(&file, PEOPLE)?;
    let file = file.display().to_string();
    let report = stage.json(&["contacts", "import", &file]).await?;
    assert_eq!(report["added"].as_u64(), Some(2), "{report}");
    assert_eq!(report["skipped"][0]["line"], 4, "{report}");
    let again = stage.json(&["contacts", "import", &file]).await?;
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&json!(0), &json!(2)),
        "{again}"
    );

    for query in ["jose", "alvarez sons", "7946 0401", "0401", "Álv"] {
        let rows = stage.json(&["contacts", "search", query]).await?;
        assert_eq!(rows[0]["name"], "José Álvarez", "{query}: {rows}");
    }
    let rows = stage.json(&["contacts", "search", "jose"]).await?;
    let numbers: Vec<&Value> = rows
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| &row["number"])
        .collect();
    assert_eq!(numbers, ["+442079460401", "+442079460402"]);

    // Each of these commands is a program of its own, and knows mistakes and initials all the same.
    for (query, name) in [
        ("pirya nair", "Priya Nair"),
        ("ja", "José Álvarez"),
        ("jsoe alvarez", "José Álvarez"),
    ] {
        let rows = stage.json(&["contacts", "search", query]).await?;
        assert_eq!(rows[0]["name"], name, "{query}: {rows}");
    }

    // A whole number with a name beside it is that number or nobody's, never the number of who is called so.
    for text in [
        "020 7946 0402 - Priya",
        "Priya Nair 020 7946 0402",
        "+44 20 7946 0402 or +44 20 7946 0401",
    ] {
        let refused = stage.run(&["call", text, "--yes"]).await?;
        assert_eq!(failed(&refused)?, (5, "number_not_clear".to_owned()), "{text}");
        let told = stage.dialctl().run(&["number", text]).await?;
        assert!(told.stderr.contains("+44 20 7946 0402"), "{text}: {}", told.stderr);
    }

    // The last digits find a number in the list; they are not enough to call it.
    let digits = stage.run(&["call", "0403", "--yes"]).await?;
    assert_eq!(failed(&digits)?, (5, "number_too_short".to_owned()));
    assert_eq!(stage.provider.dials().len(), 0);

    let call = stage.call("Priya Nair").await?;
    assert_eq!(call["customer"], "+442079460403");
    assert_eq!(call["customer_typed"], "Priya Nair");
    assert_eq!(call["contact"]["name"], "Priya Nair");
    let several = stage.run(&["call", "José Álvarez", "--yes"]).await?;
    assert_eq!(failed(&several)?.1, "contact_has_several_numbers");
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_journal_is_exported_as_it_is_listed() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let call = stage.json(&["call", CUSTOMER, "--note", "=1+1", "--yes"]).await?;
    tell(serving.hook("desk")?, &Events::of(&call)?.hangup()).await?;

    let list = stage.json(&["calls", "list"]).await?;
    let export = stage.json(&["calls", "export", "--format", "json"]).await?;
    assert_eq!(export, list);
    assert_eq!(list[0]["outcome"], "talked");
    let csv = stage.dialctl().run(&["calls", "export", "--format", "csv"]).await?;
    assert_eq!(csv.code, 0);
    let mut lines = csv.stdout.lines();
    let heading = lines.next().unwrap_or_default();
    assert!(
        heading.starts_with("id,requested_at,account,provider,direction,customer"),
        "{heading}"
    );
    let row = lines.next().unwrap_or_default();
    for part in [CUSTOMER, "talked", ",12,", "'=1+1"] {
        assert!(row.contains(part), "{part} is not in {row}");
    }
    assert_eq!(lines.next(), None);
    let later = stage
        .json(&["calls", "list", "--since", "2999-01-01T00:00:00Z"])
        .await?;
    assert_eq!(later, json!([]));
    Ok(())
}

#[tokio::test]
async fn an_event_is_decoded_at_once_and_without_a_home() -> Result<()> {
    let stage = Stage::empty().await?;
    let event = Events::new("0198f2b0-0000-7000-8000-000000000001", CUSTOMER)
        .hangup()
        .to_string();
    let words = ["decode", "--provider", "acefone-uk", "--json"];
    let outcome = stage.dialctl().run_with_input(&words, &event).await?;
    // Beside other tests a single run may have to wait for a processor.
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        stage.dialctl().run_with_input(&words, &event).await?;
        fastest = fastest.min(began.elapsed());
    }
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let facts = outcome.document()?;
    let ended = facts
        .as_array()
        .into_iter()
        .flatten()
        .find(|fact| fact["kind"] == "call_ended");
    let ended = ended.expect("the end");
    assert_eq!(ended["outcome"], "talked");
    assert_eq!(ended["talk_seconds"], 12);
    assert_eq!(ended["our_id"], "0198f2b0-0000-7000-8000-000000000001");
    assert_eq!(ended["has_recording"], true);
    assert!(!outcome.stdout.contains("recordings.example"));
    assert!(!stage.dialctl().home().exists(), "decoding made a home");
    Ok(())
}

#[tokio::test]
async fn duplicates_are_found_merged_and_taken_apart_again() -> Result<()> {
    let stage = Stage::acefone().await?;
    let add = async |name: &str, number: &str, more: &[&str]| -> Result<String> {
        let words = [&["contacts", "add", name, "--number", number][..], more].concat();
        let contact = stage.json(&words).await?;
        Ok(contact["id"].as_str().unwrap_or_default().to_owned())
    };
    let ann = add("Ann Lee", "+442079460411", &["--company", "Globex"]).await?;
    let double = add("A. Lee", "+442079460411", &["--email", "ann@example.com"]).await?;
    let third = add("Lee, Ann", "+442079460412", &["--company", "Globex Ltd"]).await?;
    // The switchboard's number alone makes nobody the same.
    add("Tom Ray", "+442079460411", &[]).await?;
    stage
        .json(&["contacts", "mark", &double, "--do-not-call", "true"])
        .await?;

    let groups = stage.json(&["contacts", "duplicates"]).await?;
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "{groups}");
    let kinds: Vec<&Value> = groups[0]["links"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| &link["reason"]["kind"])
        .collect();
    assert_eq!(kinds, ["same_number", "same_name_and_company"], "{groups}");
    assert_eq!(groups[0]["contacts"].as_array().map(Vec::len), Some(3));

    let words = ["contacts", "merge", &ann, &double, &third, "--keep", "company=3"];
    let preview = stage.json(&[&words[..], &["--preview"]].concat()).await?;
    assert_eq!(preview["contact"]["company"], "Globex Ltd", "{preview}");
    assert_eq!(stage.json(&["contacts", "merges"]).await?, json!([]));

    let before = stage.json(&["contacts", "export"]).await?;
    let merge = stage.json(&words).await?;
    let one = stage.json(&["contacts", "export"]).await?;
    assert_eq!(one.as_array().map(Vec::len), Some(2), "{one}");
    assert_eq!(merge["contact"]["do_not_call"], true, "{merge}");
    assert_eq!(merge["contact"]["email"], "ann@example.com");
    assert_eq!(merge["contact"]["numbers"].as_array().map(Vec::len), Some(2));
    assert_eq!(stage.json(&["contacts", "duplicates"]).await?, json!([]));

    let id = merge["merge_id"].as_str().unwrap_or_default();
    let merges = stage.json(&["contacts", "merges"]).await?;
    assert_eq!(
        (&merges[0]["merge_id"], &merges[0]["obstacle"]),
        (&json!(id), &Value::Null)
    );
    stage.json(&["contacts", "unmerge", id]).await?;
    assert_eq!(stage.json(&["contacts", "export"]).await?, before);
    let again = stage.run(&["contacts", "unmerge", id]).await?;
    assert_eq!(failed(&again)?, (5, "no_such_merge".to_owned()));

    stage.json(&["contacts", "distinct", &ann, &double]).await?;
    let groups = stage.json(&["contacts", "duplicates"]).await?;
    assert_eq!(groups[0]["contacts"].as_array().map(Vec::len), Some(2), "{groups}");
    stage.json(&["contacts", "distinct", &ann, &third]).await?;
    assert_eq!(stage.json(&["contacts", "duplicates"]).await?, json!([]));
    let alone = stage.run(&["contacts", "merge", &ann, &ann]).await?;
    assert_eq!(failed(&alone)?, (2, "merge_needs_two".to_owned()));
    Ok(())
}
