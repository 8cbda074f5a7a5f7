//! A peer in Rust (the crate interprocess): what it does for the tests of real peers is in ../README.md.
use interprocess::local_socket::{prelude::*, GenericFilePath, ListenerOptions, Stream};
use std::io::{self, Read, Write};
use std::thread;

#[cfg(windows)]
fn path(name: &str) -> String {
    format!(r"\\.\pipe\{name}")
}

#[cfg(not(windows))]
fn path(name: &str) -> String {
    let folder = std::env::var("TMPDIR").unwrap_or_else(|_| "/tmp".into());
    format!("{folder}/CoreFxPipe_{name}")
}

fn dial(name: &str) -> io::Result<Stream> {
    Stream::connect(path(name).to_fs_name::<GenericFilePath>()?)
}

fn pattern(size: usize, seed: usize) -> Vec<u8> {
    (0..size).map(|i| (seed + i * 7) as u8).collect()
}

fn write_frame(pipe: &mut impl Write, payload: &[u8]) -> io::Result<()> {
    let mut frame = (payload.len() as u32).to_be_bytes().to_vec();
    frame.extend_from_slice(payload);
    pipe.write_all(&frame)
}

fn read_frame(pipe: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut header = [0; 4];
    pipe.read_exact(&mut header)?;
    let mut payload = vec![0; u32::from_be_bytes(header) as usize];
    pipe.read_exact(&mut payload)?;
    Ok(payload)
}

fn exchange(name: &str, count: usize, size: usize, seed: usize) -> io::Result<()> {
    let mut pipe = dial(name)?;
    for i in 0..count {
        let sent = pattern(size, seed + i);
        write_frame(&mut pipe, &sent)?;
        if read_frame(&mut pipe)? != sent {
            return Err(io::Error::other(format!("message {i} came back as another")));
        }
    }
    Ok(())
}

fn exchange_all(name: &str, count: usize, size: usize, connections: usize) -> io::Result<()> {
    let threads: Vec<_> = (0..connections)
        .map(|n| {
            let name = name.to_owned();
            thread::spawn(move || exchange(&name, count, size, n * 31))
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread panicked")?;
    }
    println!("ok {}", count * connections);
    Ok(())
}

fn cut(name: &str) -> io::Result<()> {
    dial(name)?.write_all(&[0, 0, 0, 100, 1, 2, 3])?;
    println!("cut");
    Ok(())
}

fn hold(name: &str) -> io::Result<()> {
    let mut pipe = dial(name)?;
    write_frame(&mut pipe, &pattern(5, 0))?;
    read_frame(&mut pipe)?;
    println!("connected");
    println!("{}", if read_frame(&mut pipe).is_err() { "ended" } else { "something came" });
    Ok(())
}

fn serve(name: &str) -> io::Result<()> {
    #[cfg(not(windows))]
    let _ = std::fs::remove_file(path(name));
    let listener = ListenerOptions::new().name(path(name).to_fs_name::<GenericFilePath>()?).create_sync()?;
    println!("serving");
    for pipe in listener.incoming() {
        let mut pipe = pipe?;
        thread::spawn(move || {
            while let Ok(payload) = read_frame(&mut pipe) {
                if write_frame(&mut pipe, &payload).is_err() {
                    break;
                }
            }
        });
    }
    Ok(())
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |index: usize| args[index].parse().expect("a number");
    let result = match (args[1].as_str(), args[3].as_str()) {
        ("client", "exchange") => exchange_all(&args[2], number(4), number(5), number(6)),
        ("client", "cut") => cut(&args[2]),
        ("client", "hold") => hold(&args[2]),
        ("server", "echo") => serve(&args[2]),
        _ => Err(io::Error::other(format!("unknown: {:?}", &args[1..]))),
    };
    if let Err(error) = result {
        println!("error: {error}");
        std::process::exit(1);
    }
}
