//! Gives the program a fingerprint of its own sources, so that an output made by another build is
//! never taken for right. It depends on the bytes of the files alone.

#![expect(clippy::disallowed_methods, reason = "a build script reads the sources")]

use std::fs;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in ["src", "templates", "locales"] {
        println!("cargo::rerun-if-changed={folder}");
        list(Path::new(folder), &mut files)?;
    }
    // The versions of what we depend on; an installed package brings them, too.
    let lock = PathBuf::from("Cargo.lock");
    println!("cargo::rerun-if-changed=Cargo.lock");
    if lock.is_file() {
        files.push(lock);
    }
    files.sort();
    // FNV-1a: nothing here is secret, and the standard hasher may change with the compiler.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        for byte in file.to_string_lossy().bytes().filter(|b| *b != b'\\' && *b != b'/').chain(fs::read(&file)?) {
            if byte != b'\r' {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    println!("cargo::rustc-env=CRIEUR_FINGERPRINT={hash:016x}");
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
