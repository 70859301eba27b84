//! What programs outside rely on, as files: a change of them is a change of the contract.

use surged::floor::{openapi, protocol};

#[test]
fn schema_of_the_messages() {
    insta::assert_snapshot!(pretty(&protocol::schema()));
}

#[test]
fn description_of_the_http_interface() {
    insta::assert_snapshot!(pretty(&openapi()));
}

/// Nothing in the documents points at what is not there.
#[test]
fn every_reference_is_defined() {
    for document in [protocol::schema(), openapi()] {
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            if let Some(reference) = value.get("$ref").and_then(|it| it.as_str()) {
                let place = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(place).is_some(), "{reference}");
            }
            open.extend(value.as_object().into_iter().flat_map(|it| it.values()));
            open.extend(value.as_array().into_iter().flatten());
        }
    }
}

fn pretty(document: &serde_json::Value) -> String {
    serde_json::to_string_pretty(document).unwrap()
}
