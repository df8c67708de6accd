//! The examples of the npm package, used as people use them.

use std::path::Path;

use conformance::npm::{Package, Projects};

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/npm");
const PROJECTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/npm_projects");

fn projects() -> Option<Projects> {
    let package = Package::find(Path::new(PACKAGE)).unwrap()?;
    Projects::find(Path::new(PROJECTS), &package).unwrap()
}

/// Every view by mouse and keyboard, with the network cut off, in light and dark, wide and narrow, under axe-core.
#[test]
fn the_page_in_chromium() {
    let Some(projects) = projects() else { return };
    projects.run(&["example_browser.mjs"]).unwrap();
}

#[test]
fn the_page_in_firefox() {
    let Some(projects) = projects() else { return };
    projects.run(&["example_browser_firefox.mjs"]).unwrap();
}
