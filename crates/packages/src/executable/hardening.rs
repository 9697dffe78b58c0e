//! How a program for Linux was built: what its headers say of the protections that compiler and linker give.
//!
//! Owns the reading of program headers and of the dynamic section; a few hundred bytes of each file, and the names that it
//! imports. What cannot be told is none: a program in another language than C has no use for some of it.

use object::elf::{self, FileHeader32, FileHeader64};
use object::pod::slice_from_bytes;
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, Pod};
use plimsoll_model::{Content, ElfTraits};

use super::{Executable, Slice};

/// Bytes of the dynamic section; real ones have some hundred.
const MOST_DYNAMIC: u64 = 64 << 10;
/// Bytes of the names that are imported. The largest real tables have some megabytes; what imports as much is told less of.
const MOST_NAMES: u64 = 1 << 20;
/// Bytes of the section in which compilers leave their names.
const MOST_COMMENT: u64 = 16 << 10;
/// Folders of one run path.
const MOST_FOLDERS: usize = 16;

/// Sections that Go's linker writes.
const OF_GO: [&[u8]; 2] = [b".go.buildinfo", b".note.go.buildid"];
/// Functions of the C library that the compiler replaces by ones that check lengths, whatever they are given.
const CHECKED: [&[u8]; 5] = [b"\0printf\0", b"\0fprintf\0", b"\0sprintf\0", b"\0vsnprintf\0", b"\0snprintf\0"];

/// The traits of a program, and of a library that says where its own libraries are; none for others.
pub(crate) fn hardening(content: &dyn Content, executable: &Executable<'_>) -> Option<ElfTraits> {
    let file = Slice { content, start: 0, size: content.size() };
    let traits = match file.read(4, 1).ok()?.first().copied() {
        Some(class) if class == elf::ELFCLASS32.0 => traits::<FileHeader32<Endianness>>(file, executable)?,
        _ => traits::<FileHeader64<Endianness>>(file, executable)?,
    };
    (traits.program || !traits.run_paths.is_empty()).then_some(traits)
}

fn traits<H: FileHeader<Endian = Endianness>>(file: Slice<'_>, executable: &Executable<'_>) -> Option<ElfTraits> {
    let head = file.read(0, size_of::<H>() as u64).ok()?;
    let header = H::parse(&*head).ok()?;
    let endian = header.endian().ok()?;
    let kind = header.e_type(endian);
    if kind != elf::ET_EXEC && kind != elf::ET_DYN {
        return None;
    }
    let count = usize::from(header.e_phnum(endian));
    let size = (size_of::<H::ProgramHeader>() as u64).saturating_mul(count as u64);
    let bytes = file.table(header.e_phoff(endian).into(), size).ok()?;
    let (headers, _) = slice_from_bytes::<H::ProgramHeader>(&bytes, count).unwrap_or_default();
    let segment = |kind| headers.iter().find(|segment| segment.p_type(endian) == kind);
    let dynamic = segment(elf::PT_DYNAMIC).map(|segment| {
        let size = Into::<u64>::into(segment.p_filesz(endian)).min(MOST_DYNAMIC);
        let bytes = file.read(segment.p_offset(endian).into(), size).unwrap_or_default();
        Dynamic::of::<H::Dyn>(&bytes, endian)
    });
    let has_loader = segment(elf::PT_INTERP).is_some();
    let names = dynamic.as_ref().and_then(|dynamic| dynamic.names(executable));
    let is_pie = dynamic.as_ref().is_some_and(|dynamic| dynamic.is_pie || (has_loader && !dynamic.has_name));
    let is_x86 = [elf::EM_386, elf::EM_X86_64].contains(&header.e_machine(endian));
    let stack = segment(elf::PT_GNU_STACK).map(|stack| !stack.p_flags(endian).contains(elf::PF_X));
    let relro = if segment(elf::PT_GNU_RELRO).is_some() { Some(true) } else { dynamic.as_ref().map(|_| false) };
    let of_c = names.as_ref().filter(|_| is_of_c(executable));
    Some(ElfTraits {
        program: kind == elf::ET_EXEC || is_pie,
        pie: Some(kind == elf::ET_DYN),
        // Without the header, the kernel makes all memory executable on x86 alone.
        nx: stack.or(is_x86.then_some(false)),
        relro,
        canary: of_c.map(|names| memchr::memmem::find(names, b"\0__stack_chk_").is_some()),
        fortify: of_c.and_then(|names| fortify(names)),
        run_paths: dynamic.zip(names).map(|(dynamic, names)| dynamic.run_paths(&names)).unwrap_or_default(),
    })
}

/// Whether some checked function is imported, where one that always is checked is.
fn fortify(names: &[u8]) -> Option<bool> {
    if memchr::memmem::find(names, b"_chk\0").is_some() {
        return Some(true);
    }
    CHECKED.iter().any(|name| memchr::memmem::find(names, name).is_some()).then_some(false)
}

/// Whether a compiler of C or C++ made all of it, as the compilers leave it to be known.
fn is_of_c(executable: &Executable<'_>) -> bool {
    let comment = executable.section(b".comment").and_then(|section| executable.bytes(section, MOST_COMMENT).ok());
    let has = |text: &[u8]| comment.as_ref().is_some_and(|comment| memchr::memmem::find(comment, text).is_some());
    let is_go = OF_GO.iter().any(|name| executable.section(name).is_some());
    (has(b"GCC:") || has(b"clang")) && !has(b"rustc") && !is_go
}

/// What the dynamic section says, as far as it matters here.
#[derive(Default)]
struct Dynamic {
    names: u64,
    names_size: u64,
    /// Offsets of run paths into the names.
    run_paths: Vec<u64>,
    is_pie: bool,
    /// It is known by a name, as libraries are.
    has_name: bool,
}

impl Dynamic {
    fn of<D: Dyn<Endian = Endianness> + Pod>(bytes: &[u8], endian: Endianness) -> Self {
        let count = bytes.len().checked_div(size_of::<D>()).unwrap_or(0);
        let (entries, _) = slice_from_bytes::<D>(bytes, count).unwrap_or_default();
        let mut found = Self::default();
        for entry in entries.iter().take_while(|entry| entry.tag(endian) != elf::DT_NULL) {
            let value = entry.val(endian);
            match entry.tag(endian) {
                tag if tag == elf::DT_STRTAB => found.names = value,
                tag if tag == elf::DT_STRSZ => found.names_size = value,
                tag if tag == elf::DT_SONAME => found.has_name = true,
                tag if tag == elf::DT_RPATH || tag == elf::DT_RUNPATH => found.run_paths.push(value),
                tag if tag == elf::DT_FLAGS_1 => found.is_pie = value & elf::DF_1_PIE.0 != 0,
                _ => {}
            }
        }
        found
    }

    fn names<'a>(&self, executable: &Executable<'a>) -> Option<std::borrow::Cow<'a, [u8]>> {
        executable.at_address(self.names, self.names_size).filter(|_| self.names_size <= MOST_NAMES)
    }

    fn run_paths(&self, names: &[u8]) -> Vec<String> {
        let texts = self.run_paths.iter().filter_map(|at| names.get(usize::try_from(*at).ok()?..));
        let texts = texts.map(|text| text.split(|byte| *byte == 0).next().unwrap_or_default());
        let folders = texts.flat_map(|text| text.split(|byte| *byte == b':'));
        folders.take(MOST_FOLDERS).map(|folder| String::from_utf8_lossy(folder).into_owned()).collect()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the programs are made by a compiler")]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::executable::executables;
    use crate::lines::Spooled;

    const SOURCE: &str = r#"
        #include <stdio.h>
        int main(int argc, char **argv) { char text[64]; sprintf(text, "%s", argv[0]); return printf("%s %d\n", text, argc); }
    "#;

    fn built(flags: &[&str]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("a.c"), folder.path().join("a"));
        std::fs::write(&source, SOURCE).unwrap();
        let output = Command::new("gcc").arg(&source).arg("-O2").args(flags).arg("-o").arg(&program).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(program).unwrap()
    }

    fn traits_of(content: &dyn Content) -> Option<ElfTraits> {
        let executables = executables(content).unwrap();
        hardening(content, &executables[0])
    }

    fn of(flags: &[&str]) -> ElfTraits {
        let bytes = built(flags);
        let traits = traits_of(&bytes);
        assert_eq!(traits, traits_of(&Spooled(&bytes)));
        traits.unwrap()
    }

    const ALL: [&str; 8] = [
        "-fPIE",
        "-pie",
        "-Wl,-z,relro,-z,noexecstack",
        "-fstack-protector-all",
        "-U_FORTIFY_SOURCE",
        "-D_FORTIFY_SOURCE=2",
        "-Wl,--enable-new-dtags",
        "-s",
    ];

    #[test]
    fn what_the_compiler_was_asked_for_is_seen() {
        let yes = Some(true);
        let hardened = ElfTraits {
            program: true,
            pie: yes,
            nx: yes,
            relro: yes,
            canary: yes,
            fortify: yes,
            run_paths: Vec::new(),
        };
        assert_eq!(of(&ALL), hardened);
        let with = |flags: &[&str]| of(&[&ALL, flags].concat());
        let no = Some(false);
        assert_eq!(with(&["-no-pie", "-fno-pie"]), ElfTraits { pie: no, ..hardened.clone() });
        assert_eq!(with(&["-Wl,-z,execstack"]), ElfTraits { nx: no, ..hardened.clone() });
        assert_eq!(with(&["-Wl,-z,norelro"]), ElfTraits { relro: no, ..hardened.clone() });
        assert_eq!(with(&["-fno-stack-protector"]), ElfTraits { canary: no, ..hardened.clone() });
        assert_eq!(with(&["-U_FORTIFY_SOURCE"]), ElfTraits { fortify: no, ..hardened.clone() });
        let paths = vec!["$ORIGIN/../lib".to_owned(), String::new(), "/tmp/lib".to_owned()];
        let linked = "-Wl,-rpath,$ORIGIN/../lib,-rpath,,-rpath,/tmp/lib";
        assert_eq!(with(&[linked]).run_paths.len(), with(&["-Wl,--disable-new-dtags", linked]).run_paths.len());
        let told = with(&["-Wl,-rpath,$ORIGIN/../lib::/tmp/lib"]).run_paths;
        assert_eq!(told, paths);
    }

    #[test]
    fn a_library_is_told_of_only_for_where_it_looks() {
        let library = ["-shared", "-fPIC", "-Wl,-soname,liba.so"];
        assert_eq!(traits_of(&built(&library)), None);
        let told = of(&[&library[..], &["-Wl,-rpath,lib"]].concat());
        assert!(!told.program && told.run_paths == ["lib"], "{told:?}");
    }

    #[test]
    fn a_static_program_has_nothing_to_protect_with_tables() {
        let told = of(&["-static", "-no-pie", "-fno-pie"]);
        assert_eq!((told.program, told.pie, told.canary, told.fortify), (true, Some(false), None, None));
    }

    /// The word of another tool on the same file.
    #[test]
    fn readelf_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("a");
        for flags in [&["-Wl,-rpath,/srv/lib", "-Wl,-z,execstack"][..], &["-no-pie", "-Wl,-z,norelro"]] {
            let bytes = built(flags);
            std::fs::write(&program, &bytes).unwrap();
            let output = Command::new("readelf").args(["-lhdW"]).arg(&program).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            let told = traits_of(&bytes).unwrap();
            assert_eq!(told.pie, Some(said.contains("DYN (")), "{said}");
            assert_eq!(told.relro, Some(said.contains("GNU_RELRO")), "{said}");
            let stack = said.lines().find(|line| line.contains("GNU_STACK")).unwrap();
            assert_eq!(told.nx, Some(!stack.contains("RWE")), "{said}");
            let path = told.run_paths.first().map(|path| format!("[{path}]"));
            assert_eq!(path.is_some(), said.contains("RUNPATH") || said.contains("RPATH"), "{said}");
            assert!(path.is_none_or(|path| said.contains(&path)), "{said}");
        }
    }

    #[test]
    fn no_damage_is_more_than_none() {
        let bytes = built(&["-Wl,-rpath,/srv/lib"]);
        for at in (0..bytes.len().min(4096)).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            if let Ok(executables) = executables(&damaged) {
                executables.iter().for_each(|executable| drop(hardening(&damaged, executable)));
            }
        }
    }
}
