//! What the engine says in the sandbox, byte for byte what it says natively: every request of the suites, and hostile ones.

use std::sync::LazyLock;

use anyhow::{Result, ensure};
use conformance::guest::Guest;
use conformance::module::{self, Build};
use conformance::native;
use conformance::suite::{Question, hostile, limbo, pkits};

#[test]
fn limbo_is_answered_alike() -> Result<()> {
    let Some(cases) = limbo::load()? else { return Ok(()) };
    check(cases.iter().map(|case| (case.id.as_str(), &case.question)), 208)
}

#[test]
fn pkits_is_answered_alike() -> Result<()> {
    let Some(cases) = pkits::load()? else { return Ok(()) };
    check(cases.iter().map(|case| (case.id.as_str(), &case.question)), 249)
}

/// Where a budget ends a search must not depend on where it runs.
#[test]
fn hostile_requests_are_answered_alike() -> Result<()> {
    let requests = hostile::all()?;
    check(requests.iter().map(|request| (request.name, &request.question)), requests.len())
}

/// The build that the host embeds.
static GUEST: LazyLock<Guest> =
    LazyLock::new(|| Guest::new(&module::build(Build::Fast).expect("it builds")).expect("it compiles"));

/// An instance for each request, as in the host.
fn check<'a>(questions: impl Iterator<Item = (&'a str, &'a Question)>, least: usize) -> Result<()> {
    let mut counts = [0; 2];
    for (name, question) in questions {
        for request in question.requests() {
            let request = request.to_string().into_bytes();
            let (native, sandboxed) = (native::call(&request, &[])?, GUEST.call(&request, &[])?);
            ensure!(native == sandboxed, "{name}: found {sandboxed:?}, wanted {native:?}");
            counts[usize::from(native.status == 0)] += 1;
        }
    }
    println!("{} errors and {} decisions, the same bytes", counts[0], counts[1]);
    ensure!(counts[0] + counts[1] >= least && counts[0] > 0, "found {counts:?}");
    Ok(())
}
