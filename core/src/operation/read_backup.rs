//! `read_backup`: what `write_backup` has written.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    backup::{AuthorityBackup, Backup, BackupKey, invalid},
    base64url::SecretBytes,
    error::Error,
    keys::{Halt, Keys},
    password::Password,
    path::Strength,
    pkcs12::{self, Entry},
};

/// The file.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// PKCS#12 in DER, 4 MiB at most.
    pub backup: SecretBytes,
    /// The password that it was written with.
    pub password: Password,
    /// What will do in the chains of the authorities beside what they say themselves, such as SHA-1 of long ago; they say
    /// it from then on.
    #[serde(default)]
    pub strength: Option<Strength>,
}

/// What was kept.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The authorities as they were.
    pub authorities: Vec<AuthorityBackup>,
    /// Every key that they and their helpers have.
    pub keys: Vec<BackupKey>,
    /// Whatever else the caller kept with them.
    pub settings: Option<String>,
}

/// Reads the file and checks that it is whole.
///
/// # Errors
/// `BackupInvalid` for a PKCS#12 file that is none, not whole, or without the MAC that `write_backup` writes;
/// `KeyMismatch`; those of `read_pkcs12`.
pub fn run(request: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    let opened =
        pkcs12::open(&request.backup.0, Some(&request.password)).map_err(|error| error.at("backup"))?;
    // The encryption proves nothing of what stands beside it: only the MAC says that all of this was written together.
    if opened.mac != Some(pkcs12::WRITTEN_MAC) {
        let detail = "found a file without the MAC that every backup has: anybody may have changed it";
        return Err(invalid(detail).at("backup").into());
    }
    let store = pkcs12::pair(opened.bags).map_err(|error| error.at("backup"))?;
    let Some(state) = store.state else {
        let detail = "found a PKCS#12 file that is no backup of an authority; read_pkcs12 opens it";
        return Err(invalid(detail).at("backup").into());
    };
    let mut backup = Backup::read(&state).map_err(|error| error.at("backup"))?;
    if let Some(strength) = request.strength {
        backup.authorities.iter_mut().for_each(|one| one.authority.allow(strength));
    }
    let key = |entry: Entry| -> Result<BackupKey, Error> {
        let id = entry.friendly_name.ok_or_else(|| invalid("found a key without a name"))?;
        Ok(BackupKey { id, private_key: entry.key?.to_pem()? })
    };
    let keys = store.entries.into_iter().map(key).collect::<Result<Vec<_>, _>>();
    let keys = keys.map_err(|error| error.at("backup"))?;
    backup.check(&keys).map_err(|error| Error { at: Some("backup".into()), ..error })?;
    Ok(Response { authorities: backup.authorities, keys, settings: backup.settings })
}
