//! Waiver files.

use plimsoll_model::Decision;
use serde_json::Value;

use super::glob::{is_anything, is_vague};
use super::{Waiver, Waivers};
use crate::fields::{Fields, Mistake, document};

/// OpenVEX's words for why something is not affected.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];
/// Letters of the shortest fingerprint that stands for one finding alone.
const FINGERPRINT: usize = 16;

impl Waivers {
    /// Reads a file of waivers; `signed_by` is whose signature over it was verified, or empty.
    ///
    /// # Errors
    /// With the file, the waiver and the field that cannot be understood.
    pub fn parse(source: &str, text: &str, signed_by: &str) -> Result<Self, Mistake> {
        let value = document(source, text)?;
        let fields = Fields::of(source, "", &value)?;
        let api = fields.text("apiVersion")?;
        if api != "waivers/v1" {
            return Err(fields.mistake(format!("apiVersion is {api}; this version reads waivers/v1")));
        }
        let entries = fields.list("waivers")?.iter().enumerate();
        let entries = entries.map(|(index, value)| waiver(source, index, value)).collect::<Result<_, _>>()?;
        fields.finish()?;
        Ok(Self { source: source.into(), signed_by: signed_by.into(), entries })
    }
}

fn waiver(source: &str, index: usize, value: &Value) -> Result<Waiver, Mistake> {
    let place = format!("waiver number {}: ", index.saturating_add(1));
    let fields = Fields::of(source, &place, value)?;
    let id = fields.text("id")?;
    let fields = fields.at(&format!("waiver number {} ({id}): ", index.saturating_add(1)));
    let day = |name| {
        let missing = || fields.mistake(format!("{name} is missing: write the day as 2026-11-23"));
        fields.day(name)?.ok_or_else(missing)
    };
    let decision = fields.word("type", &Decision::ALL.map(|decision| (decision.as_str(), decision)))?;
    let all: Vec<&str> = Decision::ALL.iter().map(|decision| decision.as_str()).collect();
    let justification = fields.word("justification", &JUSTIFICATIONS.map(|word| (word, word)))?;
    let (until_fix, not_exploited) = condition(&fields)?;
    let waiver = Waiver {
        id: id.into(),
        purl: fields.optional("purl")?,
        package: fields.optional("package")?,
        path: fields.optional("path")?,
        image: fields.optional("image")?,
        decision: decision.ok_or_else(|| fields.mistake(format!("type is missing: one of {}", all.join(", "))))?,
        reason: fields.text("reason")?.into(),
        justification: justification.unwrap_or_default().into(),
        owner: fields.text("owner")?.into(),
        approver: fields.optional("approver")?,
        ticket: fields.optional("ticket")?,
        compensating_control: fields.optional("compensating_control")?,
        created: day("created")?,
        expires: day("expires")?,
        until_fix,
        not_exploited,
    };
    fields.finish()?;
    sound(&waiver, &fields)?;
    Ok(waiver)
}

fn condition(fields: &Fields<'_>) -> Result<(bool, bool), Mistake> {
    let Some(condition) = fields.within("condition")? else { return Ok((false, false)) };
    let until_fix = condition.maybe_flag("until_fix")?.unwrap_or(false);
    let not_exploited = condition.maybe_flag("not_exploited")?.unwrap_or(false);
    condition.finish()?;
    Ok((until_fix, not_exploited))
}

/// What cannot be meant. A waiver for everything everywhere would be a switch to turn a check off, with nobody to see it.
fn sound(waiver: &Waiver, fields: &Fields<'_>) -> Result<(), Mistake> {
    let is_one = waiver.id.len() >= FINGERPRINT && waiver.id.chars().all(|letter| letter.is_ascii_hexdigit());
    let scopes = [&waiver.purl, &waiver.package, &waiver.path, &waiver.image];
    let wrong = if is_anything(&waiver.id) || waiver.id.contains('*') {
        Some("id has to be one id: of a vulnerability, of a check, or the fingerprint of a finding".to_owned())
    } else if let Some(scope) = scopes.iter().find(|scope| !scope.is_empty() && is_anything(scope)) {
        Some(format!("{scope:?} means everything: say which, or leave it out"))
    } else if let Some(scope) = [&waiver.path, &waiver.image].into_iter().find(|scope| is_vague(scope)) {
        Some(format!("{scope:?} means nearly everything: a pattern has three letters or digits in a row at least"))
    } else if !is_one && scopes.iter().all(|scope| scope.is_empty()) {
        Some("say what it is for: at least one of image, package, purl and path".to_owned())
    } else if !waiver.purl.is_empty() && !waiver.purl.starts_with("pkg:") {
        Some(format!("purl is {:?}; a package URL begins with pkg:, a plain name goes to package", waiver.purl))
    } else if waiver.expires <= waiver.created {
        Some(format!("expires ({}) is not after created ({})", waiver.expires, waiver.created))
    } else if waiver.decision == Decision::Mitigated && waiver.compensating_control.is_empty() {
        Some("compensating_control is missing: say what mitigates it".to_owned())
    } else {
        None
    };
    wrong.map_or(Ok(()), |message| Err(fields.mistake(message)))
}
