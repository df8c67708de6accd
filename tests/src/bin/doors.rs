//! Runs the vectors through every door and prints a table: operations by doors.
//!
//! `--json` prints one value. It ends with 1 if a vector fails or a door is not there.

use std::process::ExitCode;

use anyhow::{Result, bail};
use conformance::door::{self, Door, Tally};

fn main() -> Result<ExitCode> {
    let json = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--json") => true,
        Some(other) => bail!("found {other:?}, wanted --json or nothing"),
    };
    let doors = door::all()?;
    if json {
        println!("{}", serde_json::to_string_pretty(&doors)?);
    } else {
        print(&doors);
    }
    let all_passed = doors.iter().all(|door| door.failures.is_empty() && door.missing.is_none());
    Ok(if all_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(doors: &[Door]) {
    row("", doors, |door| door.name.to_owned());
    let most = doors.iter().max_by_key(|door| door.operations.len());
    for operation in most.into_iter().flat_map(|door| door.operations.keys()) {
        row(operation, doors, |door| cell(door.operations.get(operation).copied()));
    }
    row("all", doors, |door| cell(door.operations.values().copied().reduce(|sum, one| sum + one)));
    for door in doors {
        if let Some(missing) = &door.missing {
            println!("{}: {missing}", door.name);
        }
        for failure in &door.failures {
            println!("{}: {failure}", door.name);
        }
    }
}

fn row(name: &str, doors: &[Door], cell: impl Fn(&Door) -> String) {
    let cells: String = doors.iter().map(|door| format!("{:>9}", cell(door))).collect();
    println!("{name:<31}{cells}");
}

/// How many vectors pass, or how many of them do not.
fn cell(tally: Option<Tally>) -> String {
    match tally {
        None => "-".to_owned(),
        Some(tally) if tally.failed == 0 => tally.passed.to_string(),
        Some(tally) => format!("{} FAIL", tally.failed),
    }
}
