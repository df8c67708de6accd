//! What programs of other languages are asked through their standard input, and answer.

use anyhow::{Context, Result, ensure};

use crate::vector::{Answer, Key, Vector};

/// The keys of a vector and its request: how many keys, each as id and PEM, then the request.
pub fn vector(vector: &Vector) -> Result<Vec<u8>> {
    let mut bytes = number(vector.keys.len())?;
    for Key { id, pem } in &vector.keys {
        bytes.extend(part(id.as_bytes())?);
        bytes.extend(part(pem.as_bytes())?);
    }
    bytes.extend(part(&vector.request_bytes())?);
    Ok(bytes)
}

/// Four octets, the least first.
pub fn number(number: usize) -> Result<Vec<u8>> {
    Ok(u32::try_from(number)?.to_le_bytes().to_vec())
}

/// Bytes behind their length.
pub fn part(bytes: &[u8]) -> Result<Vec<u8>> {
    Ok([&number(bytes.len())?, bytes].concat())
}

/// So many answers and nothing else: of each the status, and the response behind its length.
pub fn answers(printed: &[u8], count: usize) -> Result<Vec<Answer>> {
    let mut rest = printed;
    let answers = (0..count).map(|_| answer(&mut rest)).collect::<Result<Vec<_>>>()?;
    ensure!(rest.is_empty(), "the program says more than it was asked");
    Ok(answers)
}

fn answer(rest: &mut &[u8]) -> Result<Answer> {
    let mut number = || -> Result<u32> {
        let (octets, after) = rest.split_first_chunk::<4>().context("the program says too little")?;
        *rest = after;
        Ok(u32::from_le_bytes(*octets))
    };
    let (status, length) = (number()?, number()?);
    let body = rest.split_off(..usize::try_from(length)?).context("the program says too little")?;
    Ok(Answer { status, body: body.to_vec() })
}
