//! Which rule of a step applies to a finding.
//!
//! Owns what is done about inputs that are not known: all that is possible is tried, and where it comes to the same, what
//! is not known does not matter.

use plimsoll_model::Severity;

use super::{Condition, Facts, Input, Limit, Rule, Step};

/// One way how things may be.
#[derive(Clone)]
struct World<'a> {
    inputs: Vec<(Input, bool)>,
    impact: Option<&'a str>,
    severity: Severity,
}

/// What would have to be known to tell, and all that may be the case.
pub(super) struct Open<'a> {
    /// In words.
    pub unknown: String,
    /// The limits that may apply, with what more they ask for.
    pub outcomes: Vec<(Limit, &'a str)>,
}

/// The limit of the first rule that holds, and what more it asks for; or what would have to be known to tell.
pub(super) fn applicable<'a>(step: &'a Step, facts: &Facts<'a>) -> Result<(Limit, &'a str), Open<'a>> {
    let mut unknown = Vec::new();
    let worlds = worlds(step, facts, &mut unknown);
    let outcome = |world: &World<'_>| {
        let rule = step.rules.iter().find(|rule| rule.when.iter().all(|condition| world.holds(condition)));
        rule.map_or((Limit::None, ""), |rule| (rule.limit, rule.message.as_str()))
    };
    let outcomes: Vec<_> = worlds.iter().map(outcome).collect();
    let first = outcomes.first().copied().unwrap_or((Limit::None, ""));
    let is_settled = outcomes.iter().all(|outcome| *outcome == first);
    if is_settled { Ok(first) } else { Err(Open { unknown: unknown.join(", and "), outcomes }) }
}

impl World<'_> {
    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Severity(severity) => *severity == self.severity,
            Condition::Impact(class) => self.impact == Some(class.as_str()),
            Condition::Is(input, wanted) => self.inputs.contains(&(*input, *wanted)),
        }
    }
}

/// All ways how things may be, as far as the rules ask, and what would have to be known for there to be one.
fn worlds<'a>(step: &'a Step, facts: &Facts<'a>, unknown: &mut Vec<&'static str>) -> Vec<World<'a>> {
    let severity = facts.finding.severity;
    let mut worlds = vec![World { inputs: Vec::new(), impact: facts.known.impact.as_deref(), severity }];
    for input in
        Input::ALL.into_iter().filter(|input| asks(step, |one| matches!(one, Condition::Is(of, _) if of == input)))
    {
        let values = if let Some(value) = value(input, facts) {
            vec![value]
        } else {
            unknown.push(question(input));
            vec![true, false]
        };
        worlds = each(&worlds, &values, |world, value| world.inputs.push((input, *value)));
    }
    if facts.known.impact.is_none() && asks(step, |one| matches!(one, Condition::Impact(_))) {
        unknown.push("how much harm it can do where the image runs (N1 to N5)");
        let conditions = step.rules.iter().flat_map(|rule| &rule.when);
        let classes = conditions.filter_map(|one| if let Condition::Impact(class) = one { Some(class) } else { None });
        let classes: Vec<Option<&str>> = classes.map(|class| Some(class.as_str())).chain([None]).collect();
        worlds = each(&worlds, &classes, |world, class| world.impact = *class);
    }
    let asks_for_none = asks(step, |one| *one == Condition::Severity(Severity::Unknown));
    if severity == Severity::Unknown && !asks_for_none && asks(step, |one| matches!(one, Condition::Severity(_))) {
        unknown.push("how bad it is: nobody has rated it");
        worlds = each(&worlds, &Severity::ALL, |world, severity| world.severity = *severity);
    }
    worlds
}

fn each<'a, T>(worlds: &[World<'a>], values: &[T], set: impl Fn(&mut World<'a>, &T)) -> Vec<World<'a>> {
    let with = |world: &World<'a>, value: &T| {
        let mut world = world.clone();
        set(&mut world, value);
        world
    };
    worlds.iter().flat_map(|world| values.iter().map(move |value| with(world, value))).collect()
}

fn asks(step: &Step, is_so: impl Fn(&Condition) -> bool) -> bool {
    step.rules.iter().flat_map(|rule: &Rule| &rule.when).any(is_so)
}

fn value(input: Input, facts: &Facts<'_>) -> Option<bool> {
    let Facts { finding, known, .. } = facts;
    match input {
        Input::Exploited => Some(finding.is_exploited()),
        Input::Fixable => Some(finding.is_fixable()),
        Input::Exposed => known.exposed,
        Input::Automatable => known.automatable,
        Input::TotalImpact => known.total_impact,
        // What is being exploited anywhere is likely to be.
        Input::Exploitable => finding.is_exploited().then_some(true).or(known.exploitable),
        Input::Reachable => known.reachable,
    }
}

/// What would have to be known.
const fn question(input: Input) -> &'static str {
    match input {
        Input::Exploited => "whether it is being exploited",
        Input::Fixable => "whether there is a fix",
        Input::Exposed => "whether what runs the image can be reached from the internet",
        Input::Automatable => "whether attacks can be automated",
        Input::TotalImpact => "whether an attack gives control over all of it",
        Input::Exploitable => "whether it is likely that it can be exploited where the image runs",
        Input::Reachable => "whether what is vulnerable can be reached from the internet",
    }
}
