use serde_json::json;

use super::*;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "auth_required": {"type": "boolean"},
            "timeout": {"type": "integer"},
            "factor": {"type": "number"},
            "whitelist": {"type": "array", "items": {"type": "string"}},
            "weights": {"type": "array", "items": {"type": "integer"}},
            "bypass_media": {"enum": [true, false, "auto", "true", "false"]},
            "loose": {"type": ["string", "integer"]},
            "media": {"type": "object", "properties": {"ignore_early_media": {"type": "boolean"}}},
            "headers": {"type": "object", "properties": {"out": {"$ref": "#/definitions/headers"}}},
            "flags": {"type": "object", "additionalProperties": {"type": "boolean"}}
        },
        "definitions": {"headers": {"type": "object", "additionalProperties": {"type": "string"}}}
    })
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn document(fields: &[(&str, &str)]) -> Result<Value, String> {
    let mut document = Map::new();
    set(&mut document, Some(&schema()), &pairs(fields)).map_err(|error| error.code)?;
    Ok(Value::Object(document))
}

#[test]
fn a_value_has_the_type_that_the_schema_gives_its_field() {
    let read = document(&[
        ("name", "7"),
        ("auth_required", "false"),
        ("timeout", "30"),
        ("factor", "1.5"),
        ("bypass_media", "true"),
        ("loose", "12"),
    ]);
    let expected = json!({
        "name": "7", "auth_required": false, "timeout": 30, "factor": 1.5, "bypass_media": true, "loose": "12"
    });
    assert_eq!(read, Ok(expected));
    assert_eq!(
        document(&[("bypass_media", "auto")]),
        Ok(json!({"bypass_media": "auto"}))
    );
}

#[test]
fn a_list_is_a_repeated_key_or_json() {
    let repeated = document(&[("whitelist", "^\\+44"), ("name", "Desk"), ("whitelist", "^\\+353")]);
    assert_eq!(
        repeated,
        Ok(json!({"whitelist": ["^\\+44", "^\\+353"], "name": "Desk"}))
    );
    assert_eq!(document(&[("whitelist", "^1$")]), Ok(json!({"whitelist": ["^1$"]})));
    assert_eq!(document(&[("weights", "[1, 2]")]), Ok(json!({"weights": [1, 2]})));
    assert_eq!(
        document(&[("weights", "1"), ("weights", "2")]),
        Ok(json!({"weights": [1, 2]}))
    );
    assert_eq!(document(&[("whitelist", "[")]), Err("field_wants_list".to_owned()));
}

#[test]
fn inner_fields_have_dotted_keys_and_objects_may_be_json() {
    let read = document(&[
        ("media.ignore_early_media", "true"),
        ("headers.out.X-Team", "5"),
        ("flags.beta", "true"),
    ]);
    let expected = json!({
        "media": {"ignore_early_media": true}, "headers": {"out": {"X-Team": "5"}}, "flags": {"beta": true}
    });
    assert_eq!(read, Ok(expected));
    let whole = document(&[("headers", "{\"out\": {\"a.b\": \"c\"}}")]);
    assert_eq!(whole, Ok(json!({"headers": {"out": {"a.b": "c"}}})));
}

#[test]
fn what_the_schema_does_not_know_is_text() {
    assert_eq!(
        document(&[("colour", "1"), ("media.pitch", "true")]),
        Ok(json!({"colour": "1", "media": {"pitch": "true"}}))
    );
    let mut without = Map::new();
    set(&mut without, None, &pairs(&[("timeout", "30")])).unwrap();
    assert_eq!(Value::Object(without), json!({"timeout": "30"}));
}

#[test]
fn what_cannot_be_is_named() {
    for (fields, code) in [
        (&[("auth_required", "yes")][..], "field_wants_boolean"),
        (&[("timeout", "soon")], "field_wants_integer"),
        (&[("factor", "NaN")], "field_wants_number"),
        (&[("media", "loud")], "field_wants_object"),
        (&[("name", "a"), ("name", "b")], "field_twice"),
        (&[("name", "a"), ("name.first", "b")], "field_is_no_object"),
        (&[("media..x", "b")], "field_malformed"),
    ] {
        assert_eq!(document(fields), Err(code.to_owned()), "{fields:?}");
        let path = format!("errors.{code}.message");
        assert!(engine::words::find(&path).is_some(), "{path}");
    }
}

#[test]
fn what_is_taken_out_is_null_beside_what_is_set() {
    let mut changes = Map::new();
    set(
        &mut changes,
        Some(&schema()),
        &pairs(&[("media.ignore_early_media", "false")]),
    )
    .unwrap();
    unset(&mut changes, &["timeout".to_owned(), "media.pitch".to_owned()]).unwrap();
    assert_eq!(
        Value::Object(changes),
        json!({"media": {"ignore_early_media": false, "pitch": null}, "timeout": null})
    );
}
