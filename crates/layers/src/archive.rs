//! A pass over the tar archive of one layer. Owns what is done with each member; finding them belongs to [`crate::tar`].

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use plimsoll_model::{Content, Sieve, Wants};

use crate::error::Problem;
use crate::index::{Builder, Mark, Tools, Wanted, record_of, sift};
use crate::records::Record;
use crate::spool::{Parts, Spooled};
use crate::tar::{Archive, Damage, Member, Type};

impl From<Damage> for Problem {
    fn from(damage: Damage) -> Self {
        Self::Archive { offset: damage.offset, message: damage.message }
    }
}

/// Reads all of an archive into an index.
pub fn index<R: BufRead>(
    archive: &mut Archive<'_, R>,
    builder: &mut Builder<'_>,
    tools: &Tools<'_>,
) -> Result<(), Problem> {
    let (mut member, mut record) = (Member::default(), Record::default());
    while archive.next(&mut member)? {
        match record_of(&member, &mut record, tools.limits) {
            Ok(()) => {
                let (entry, wanted) = builder.push(&record)?;
                mark(&member, entry, builder);
                offer(archive, &member, builder, tools, (entry, &record, wanted))?;
            }
            Err(Some((reason, message))) => builder.gap(&member.path, reason, message),
            Err(None) => {}
        }
    }
    Ok(())
}

/// Notes what a member carries beside what the path table holds.
fn mark(member: &Member, entry: u32, builder: &mut Builder<'_>) {
    if !member.capability.is_empty() {
        builder.mark(entry, Mark::Capability(member.capability.clone()));
    }
    let leads_up = |path: &[u8]| path.split(|&byte| byte == b'/').any(|part| part == b"..");
    if leads_up(&member.path) || (member.kind == Type::HardLink && leads_up(&member.link)) {
        builder.mark(entry, Mark::Escape);
    }
}

/// Gives a member's bytes to those who want them.
fn offer<R: BufRead>(
    archive: &mut Archive<'_, R>,
    member: &Member,
    builder: &mut Builder<'_>,
    tools: &Tools<'_>,
    (entry, record, mut wanted): (u32, &Record, Wanted),
) -> Result<(), Problem> {
    let mut spooled = None;
    if wanted.needs_head() {
        if let Some(head) = archive.head(member, Wants::LONGEST_START)? {
            builder.begin(entry, record, &mut wanted, head);
        } else {
            // It begins at the very end of a buffer, or is sparse.
            let (head, all) = spool_unseen(archive, member, tools)?;
            builder.begin(entry, record, &mut wanted, &head);
            spooled = all;
        }
    }
    let sieve = builder.sieve(record);
    if wanted.is_nobody() && !wanted.is_large {
        return match sieve {
            Some(sieve) => sift_unseen(archive, member, builder, tools, (entry, sieve, spooled)),
            None => Ok(()),
        };
    }
    if spooled.is_none()
        && !wanted.is_large
        && !member.is_sparse()
        && let Some(bytes) = archive.in_place()?
    {
        if let Some(sieve) = sieve {
            builder.known(entry, sift(sieve, &bytes).map_err(|source| temporary(tools, source))?);
        }
        return builder.content(entry, &record.path, &wanted, &bytes);
    }
    let is_kept = wanted.is_large && tools.room.take(member.size);
    if !is_kept && wanted.is_nobody() {
        return match sieve {
            Some(sieve) => sift_unseen(archive, member, builder, tools, (entry, sieve, spooled)),
            None => Ok(()),
        };
    }
    let _share = (!is_kept).then(|| tools.budget.wait(member.size));
    let spooled = match spooled {
        Some(spooled) => spooled,
        None => spool(archive, member, tools)?,
    };
    if let Some(sieve) = sieve {
        builder.known(entry, sift(sieve, &spooled).map_err(|source| temporary(tools, source))?);
    }
    builder.content(entry, &record.path, &wanted, &spooled)?;
    if is_kept {
        builder.set_aside(entry, spooled);
    }
    Ok(())
}

/// Lets a sieve see a member that nobody else wants, as it passes by.
fn sift_unseen<R: BufRead>(
    archive: &mut Archive<'_, R>,
    member: &Member,
    builder: &mut Builder<'_>,
    tools: &Tools<'_>,
    (entry, sieve, spooled): (u32, &dyn Sieve, Option<Spooled>),
) -> Result<(), Problem> {
    let failed = |source| temporary(tools, source);
    let trace = match spooled {
        Some(spooled) => sift(sieve, &spooled).map_err(failed)?,
        None => {
            let mut sifting = sieve.begin();
            let mut take = |bytes: &[u8]| {
                sifting.take(bytes);
                Ok(())
            };
            archive.read(member, &mut take)?.map_err(failed)?;
            sifting.finish()
        }
    };
    builder.known(entry, trace);
    Ok(())
}

/// What a member begins with, and all of it unless it is larger than anything that is read.
fn spool_unseen<R: BufRead>(
    archive: &mut Archive<'_, R>,
    member: &Member,
    tools: &Tools<'_>,
) -> Result<(Vec<u8>, Option<Spooled>), Problem> {
    if member.size <= tools.limits.file {
        let spooled = spool(archive, member, tools)?;
        let mut head = vec![0; Wants::LONGEST_START.min(usize::try_from(member.size).unwrap_or(usize::MAX))];
        spooled.read_at(0, &mut head).map_err(|source| temporary(tools, source))?;
        return Ok((head, Some(spooled)));
    }
    let mut head = Vec::new();
    let mut note = |bytes: &[u8]| {
        let room = Wants::LONGEST_START.saturating_sub(head.len());
        head.extend(bytes.iter().take(room));
        Ok(())
    };
    archive.read(member, &mut note)?.map_err(|source| temporary(tools, source))?;
    Ok((head, None))
}

fn spool<R: BufRead>(archive: &mut Archive<'_, R>, member: &Member, tools: &Tools<'_>) -> Result<Spooled, Problem> {
    let failed = |source| temporary(tools, source);
    let mut spooled = Spooled::new(member.size, tools.limits.memory, tools.temporary).map_err(failed)?;
    archive.read(member, &mut |bytes| spooled.write(bytes))?.map_err(failed)?;
    Ok(spooled)
}

/// Reads the contents of some entries, by their numbers in the index.
pub fn contents<R: BufRead>(
    archive: &mut Archive<'_, R>,
    entries: &BTreeSet<u32>,
    parts: &mut Parts,
    tools: &Tools<'_>,
) -> Result<(), Problem> {
    let (mut member, mut record) = (Member::default(), Record::default());
    let mut number = 0_u32;
    while archive.next(&mut member)? {
        if record_of(&member, &mut record, tools.limits).is_err() {
            continue;
        }
        if entries.contains(&number) {
            let mut write = |bytes: &[u8]| parts.write(number, bytes);
            // An empty file has no pieces.
            write(&[]).map_err(|source| temporary(tools, source))?;
            archive.read(&member, &mut write)?.map_err(|source| temporary(tools, source))?;
        }
        number = number.saturating_add(1);
    }
    Ok(())
}

fn temporary(tools: &Tools<'_>, source: io::Error) -> Problem {
    Problem::File { what: format!("writing a temporary file in {}", tools.temporary.display()), source }
}

/// Reads what is behind the archive's end, so that all of the layer is checked.
pub fn drain<R: BufRead>(source: &mut R) -> io::Result<()> {
    loop {
        let length = source.fill_buf()?.len();
        if length == 0 {
            return Ok(());
        }
        source.consume(length);
    }
}
