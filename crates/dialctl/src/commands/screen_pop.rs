//! Screen pops.

use engine::api::{Request, ScreenPopDraft};
use engine::view::ScreenPopView;
use engine::words;
use serde_json::json;

use super::Done;
use crate::cli::{ScreenPopArgs, ScreenPopCommand};
use crate::output::Output;
use crate::session::{Session, reply};
use crate::speech::{self, say, say_with};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &ScreenPopCommand, output: Output) -> Done {
    match command {
        ScreenPopCommand::Add(arguments) => {
            let pop = draft(arguments);
            let pops = reply!(session.request(Request::AddScreenPop { pop }).await?, ScreenPops)?;
            output.rows(&pops, table)
        }
        ScreenPopCommand::List => {
            let pops = reply!(session.request(Request::ListScreenPops).await?, ScreenPops)?;
            output.rows(&pops, table)
        }
        ScreenPopCommand::Remove { name } => {
            session.request(Request::RemoveScreenPop { name: name.clone() }).await?;
            output.result(&json!({"name": name, "removed": true}), || {
                say_with("cli.screen_pop.removed", &[("name", name)])
            })
        }
        ScreenPopCommand::Test { name } => {
            session.request(Request::TestScreenPop { name: name.clone() }).await?;
            output.result(&json!({"name": name, "shown": true}), || {
                say_with("cli.screen_pop.tested", &[("name", name)])
            })
        }
    }
}

fn draft(arguments: &ScreenPopArgs) -> ScreenPopDraft {
    ScreenPopDraft {
        name: arguments.name.clone(),
        on: arguments.on.iter().copied().map(Into::into).collect(),
        direction: arguments.direction.map(Into::into),
        url: arguments.url.clone(),
        run: arguments.run.clone(),
    }
}

fn table(pops: &[ScreenPopView]) -> Table {
    let mut table = Table::new(&["name", "on", "direction", "shows", "last"], "cli.screen_pop.none");
    for pop in pops {
        let on: Vec<&str> = pop.on.iter().map(|moment| moment.name()).collect();
        let direction = pop.direction.map(|direction| speech::name_of("direction", &direction));
        let shows = pop.url.clone().unwrap_or_else(|| pop.run.join(" "));
        table.row([
            pop.name.clone(),
            on.join(", "),
            direction.unwrap_or_default(),
            shows,
            last(pop),
        ]);
    }
    table
}

fn last(pop: &ScreenPopView) -> String {
    let Some(run) = &pop.last else {
        let problem = pop.problem.as_ref().map(words::sentence);
        return problem.unwrap_or_else(|| say("cli.screen_pop.never"));
    };
    let at = speech::local_time(run.at);
    match &run.problem {
        None => say_with("cli.screen_pop.at", &[("at", &at)]),
        Some(problem) => say_with(
            "cli.screen_pop.at_failed",
            &[("at", &at), ("why", &words::sentence(problem))],
        ),
    }
}
