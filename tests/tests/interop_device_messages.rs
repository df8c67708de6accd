//! A running server says whose messages are, that OpenSSL and http-message-signatures (PyPI) have signed with certificates of
//! its own; alone, behind nginx with the configurations that the README shows, and for bodies of 64 MB.

#[path = "interop_device_messages/application.rs"]
mod application;
#[path = "interop_device_messages/behind_nginx.rs"]
mod behind_nginx;
#[path = "interop_device_messages/fleet.rs"]
mod fleet;
#[path = "interop_device_messages/large.rs"]
mod large;
#[path = "interop_device_messages/uploads.rs"]
mod uploads;
#[path = "interop_device_messages/verdicts.rs"]
mod verdicts;
