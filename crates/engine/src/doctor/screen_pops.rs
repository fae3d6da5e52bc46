//! Whether what is opened and run at moments of calls is there, and went well last.

use super::{Params, check, warning};
use crate::core::Core;
use crate::screen_pop::ScreenPop;
use crate::view::DoctorCheck;
use crate::words;

/// One check of all that are in order, and one for each that is not.
pub(super) fn checks(core: &Core) -> Vec<DoctorCheck> {
    let pops = core.accounts.config.screen_pops();
    if pops.is_empty() {
        return vec![check("screen_pops", true, "none", &Params::new())];
    }
    let (mut good, mut checks) = (Vec::new(), Vec::new());
    for pop in pops {
        match problem(core, pop) {
            Some(problem) => checks.push(problem),
            None => good.push(pop.name()),
        }
    }
    if !good.is_empty() {
        let params = Params::from([("names".to_owned(), good.join(", "))]);
        checks.insert(0, check("screen_pops", true, "ok", &params));
    }
    checks
}

fn problem(core: &Core, pop: &ScreenPop) -> Option<DoctorCheck> {
    let mut params = Params::from([("name".to_owned(), pop.name().to_owned())]);
    if let Some(program) = pop.program().filter(|_| pop.is_missing()) {
        params.insert("program".to_owned(), program.to_owned());
        return Some(warning("screen_pops", "no_program", &params));
    }
    let failed = core.screen_pops.last(pop.name())?.problem.as_ref()?;
    params.insert("why".to_owned(), words::sentence(failed));
    Some(warning("screen_pops", "failed", &params))
}
