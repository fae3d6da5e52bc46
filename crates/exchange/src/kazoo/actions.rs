//! What can be asked of a channel. Everything is promised at once and done a moment later, or not at all: the
//! application that does it is another than the one that answers.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::answer::{Answer, Refused};
use super::ask::Ask;
use super::legs::Leg;
use super::lists;
use super::onward::{PassOn, To, Way};
use super::validate::{Tree, invalid};
use crate::call::{EndedBy, Order};
use crate::clock::scaled;
use crate::script::account::Agent;
use crate::switchboard::Switchboard;

/// From the promise to its doing.
const TAKES: Duration = Duration::from_millis(300);

/// `POST channels/{id}`
pub(super) fn act(board: &Arc<Switchboard>, ask: &Ask, leg: &Leg<'_>) -> Result<&'static str, Refused> {
    let mut tree = Tree::over(&ask.data);
    let (order, promise) = match ask.text("action").as_deref() {
        Some("hangup") => (Some(hang_up(leg)), "hangup initiated"),
        // Stops what is being played to the channel, and nothing is.
        Some("break") => (None, "break initiated"),
        // There are no callflows here.
        Some("callflow") => (None, "callflow initiated"),
        Some("transfer") => {
            tree.required(&["target"]);
            tree.one_of("transfer-type", &["blind".into(), "attended".into()]);
            if leg.joined_with().is_none() {
                let leaf = json!({"message": "The channel is not bridged"});
                tree.complain("other_leg_call_id", "required", leaf);
            }
            tree.checked()?;
            (transfer(board, ask, leg), "transfer initiated")
        }
        Some("intercept") => {
            tree.required(&["target_id"]);
            tree.one_of("target_type", &["device".into(), "user".into(), "number".into()]);
            tree.boolean("unbridged_only");
            tree.checked()?;
            (intercept(board, ask, leg), "intercept initiated")
        }
        Some("move") => (moved(board, ask, leg), "move initiated"),
        Some(unknown) => {
            let leaf = json!({"message": "The action is none of those allowed", "value": unknown});
            let data = json!({"action": {"enum": leaf}});
            return Err(Answer::error(StatusCode::BAD_REQUEST, "invalid data", data).into());
        }
        None => return Err(no_action()),
    };
    if let Some(order) = order.filter(|_| board.account().kazoo.konami) {
        carry_out(board, leg.call.serial, order);
    }
    Ok(promise)
}

/// `PUT channels/{id}`: a metaflow, which the open version of the application has no ear for.
///
/// How the platform words this promise is not documented.
pub(super) fn metaflow(board: &Arc<Switchboard>, ask: &Ask, leg: &Leg<'_>) -> Result<&'static str, Refused> {
    match ask.text("action").as_deref() {
        Some("metaflow") => {}
        Some(_) => {
            let data = json!({"action": {"enum": {"message": "The action is none of those allowed"}}});
            return Err(Answer::error(StatusCode::BAD_REQUEST, "invalid data", data).into());
        }
        None => return Err(no_action()),
    }
    // As the schema has it: the module stands directly below `data`, whatever the documents nest it in.
    let mut tree = Tree::over(&ask.data);
    tree.required(&["module"]);
    tree.text("module", 1, 64);
    tree.object("data");
    tree.object("children");
    tree.checked()?;
    let account = board.account().kazoo;
    let order = match ask.data.get("module").and_then(Value::as_str) {
        Some("hangup") => Some(hang_up(leg)),
        Some("hold") => Some(hold(leg, true)),
        Some("resume") => Some(hold(leg, false)),
        Some(_) | None => None,
    };
    if let Some(order) = order.filter(|_| account.konami && account.metaflows) {
        carry_out(board, leg.call.serial, order);
    }
    Ok("metaflow initiated")
}

fn no_action() -> Refused {
    invalid(json!({"action": {"required": {"message": "The field is required"}}})).into()
}

fn hang_up(leg: &Leg<'_>) -> Order {
    Order::HangUp {
        by: EndedBy::Agent,
        leg: Some(leg.uuid().to_owned()),
    }
}

fn hold(leg: &Leg<'_>, on: bool) -> Order {
    Order::Hold {
        leg: leg.uuid().to_owned(),
        on,
    }
}

/// The channel that is named hands the other one on, and ends.
fn transfer(board: &Switchboard, ask: &Ask, leg: &Leg<'_>) -> Option<Order> {
    let target = ask.text("target")?;
    let way = match ask.text("transfer-type").as_deref() {
        Some("attended") => Way::Attended,
        Some(_) | None => Way::Blind,
    };
    let stays = leg.joined_with()?;
    Some(pass_on(board, &stays, leg, To::Number(&target), way))
}

/// Another telephone of the same person, or anybody's, takes the place of the one that is named.
fn moved(board: &Switchboard, ask: &Ask, leg: &Leg<'_>) -> Option<Order> {
    let stays = leg.joined_with()?;
    let person = match (ask.text("device_id"), ask.text("owner_id")) {
        (Some(device), _) => lists::owner_of_device(board, &device).ok(),
        (None, Some(user)) => lists::find_user(board, &user).ok(),
        (None, None) => leg.person().cloned(),
    };
    Some(pass_on(board, &stays, leg, To::Person(person?), Way::Replace))
}

/// Somebody takes the named channel away from who it talks to; unless asked to, only from nobody.
fn intercept(board: &Switchboard, ask: &Ask, leg: &Leg<'_>) -> Option<Order> {
    if ask.value("unbridged_only") != Some(Value::Bool(false)) {
        return None;
    }
    let leaves = leg.joined_with()?;
    let id = ask.text("target_id")?;
    let person: Option<Agent> = match ask.text("target_type").as_deref() {
        Some("device") => lists::owner_of_device(board, &id).ok(),
        Some("user") => lists::find_user(board, &id).ok(),
        Some(_) | None => return Some(pass_on(board, leg, &leaves, To::Number(&id), Way::Replace)),
    };
    Some(pass_on(board, leg, &leaves, To::Person(person?), Way::Replace))
}

fn pass_on(board: &Switchboard, stays: &Leg<'_>, leaves: &Leg<'_>, to: To<'_>, way: Way) -> Order {
    Order::PassOn(Box::new(PassOn::new(board, stays, leaves, to, way)))
}

fn carry_out(board: &Arc<Switchboard>, serial: u64, order: Order) {
    let (exchange, working) = (board.clone(), board.busy());
    board.spawn(async move {
        sleep(scaled(TAKES, exchange.speed)).await;
        exchange.order(|call| call.serial == serial, order);
        drop(working);
    });
}
