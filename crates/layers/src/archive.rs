//! A pass over the tar archive of one layer. Owns what is done with each member; finding them belongs to [`crate::tar`].

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use crate::error::Problem;
use crate::index::{Builder, Tools, record_of};
use crate::records::Record;
use crate::spool::{Parts, Spooled};
use crate::tar::{Archive, Damage, Member};
use crate::wants::Want;

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
                if wanted.is_large && tools.room.take(member.size) {
                    let spooled = spool(archive, &member, tools)?;
                    builder.content(entry, &record.path, &wanted.now, &spooled)?;
                    builder.set_aside(entry, spooled);
                } else if !wanted.now.is_empty() {
                    give(archive, &member, builder, tools, (entry, &record.path, &wanted.now))?;
                }
            }
            Err(Some((reason, message))) => builder.gap(&member.path, reason, message),
            Err(None) => {}
        }
    }
    Ok(())
}

fn give<R: BufRead>(
    archive: &mut Archive<'_, R>,
    member: &Member,
    builder: &mut Builder<'_>,
    tools: &Tools<'_>,
    (entry, path, wants): (u32, &[u8], &[Want]),
) -> Result<(), Problem> {
    if !member.is_sparse()
        && let Some(bytes) = archive.in_place()?
    {
        return builder.content(entry, path, wants, &bytes);
    }
    let _share = tools.budget.wait(member.size);
    let spooled = spool(archive, member, tools)?;
    builder.content(entry, path, wants, &spooled)
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
