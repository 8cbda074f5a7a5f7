//! A peer in Rust (tokio's named pipes of Windows): what it does for the tests of real peers is in ../README.md.
use std::io::{self, Error, ErrorKind};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
use tokio::time::sleep;

const ERROR_FILE_NOT_FOUND: i32 = 2;
const ERROR_PIPE_BUSY: i32 = 231;

fn path(name: &str) -> String {
    format!(r"\\.\pipe\{name}")
}

async fn dial(name: &str) -> io::Result<NamedPipeClient> {
    for _ in 0..400 {
        match ClientOptions::new().open(path(name)) {
            Err(error) if matches!(error.raw_os_error(), Some(ERROR_PIPE_BUSY | ERROR_FILE_NOT_FOUND)) => {
                sleep(Duration::from_millis(50)).await;
            }
            result => return result,
        }
    }
    Err(Error::new(ErrorKind::TimedOut, "the pipe stays busy, or is not there"))
}

fn pattern(size: usize, seed: usize) -> Vec<u8> {
    (0..size).map(|i| (seed + i * 7) as u8).collect()
}

async fn write_frame(pipe: &mut (impl AsyncWrite + Unpin), payload: &[u8]) -> io::Result<()> {
    let mut frame = (payload.len() as u32).to_be_bytes().to_vec();
    frame.extend_from_slice(payload);
    pipe.write_all(&frame).await
}

async fn read_frame(pipe: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut payload = vec![0; pipe.read_u32().await? as usize];
    pipe.read_exact(&mut payload).await?;
    Ok(payload)
}

fn other(text: String) -> Error {
    Error::new(ErrorKind::Other, text)
}

async fn exchange(name: String, count: usize, size: usize, seed: usize) -> io::Result<()> {
    let mut pipe = dial(&name).await?;
    for i in 0..count {
        let sent = pattern(size, seed + i);
        write_frame(&mut pipe, &sent).await?;
        if read_frame(&mut pipe).await? != sent {
            return Err(other(format!("message {i} came back as another")));
        }
    }
    Ok(())
}

async fn exchange_all(name: &str, count: usize, size: usize, connections: usize) -> io::Result<()> {
    let tasks: Vec<_> = (0..connections)
        .map(|n| tokio::spawn(exchange(name.to_owned(), count, size, n * 31)))
        .collect();
    for task in tasks {
        task.await.expect("a task panicked")?;
    }
    println!("ok {}", count * connections);
    Ok(())
}

async fn cut(name: &str) -> io::Result<()> {
    dial(name).await?.write_all(&[0, 0, 0, 100, 1, 2, 3]).await?;
    println!("cut");
    Ok(())
}

async fn hold(name: &str) -> io::Result<()> {
    let mut pipe = dial(name).await?;
    write_frame(&mut pipe, &pattern(5, 0)).await?;
    read_frame(&mut pipe).await?;
    println!("connected");
    println!("{}", if read_frame(&mut pipe).await.is_err() { "ended" } else { "something came" });
    Ok(())
}

async fn serve(name: &str) -> io::Result<()> {
    let mut pending = ServerOptions::new().first_pipe_instance(true).create(path(name))?;
    println!("serving");
    loop {
        pending.connect().await?;
        let next = ServerOptions::new().create(path(name))?;
        tokio::spawn(echo(std::mem::replace(&mut pending, next)));
    }
}

async fn echo(mut pipe: NamedPipeServer) {
    while let Ok(payload) = read_frame(&mut pipe).await {
        if write_frame(&mut pipe, &payload).await.is_err() {
            break;
        }
    }
}

async fn run(args: &[String]) -> io::Result<()> {
    let number = |index: usize| args[index].parse().expect("a number");
    match (args[1].as_str(), args[3].as_str()) {
        ("client", "exchange") => exchange_all(&args[2], number(4), number(5), number(6)).await,
        ("client", "cut") => cut(&args[2]).await,
        ("client", "hold") => hold(&args[2]).await,
        ("server", "echo") => serve(&args[2]).await,
        _ => Err(other(format!("unknown: {:?}", &args[1..]))),
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    if let Err(error) = runtime.expect("no runtime").block_on(run(&args)) {
        println!("error: {error}");
        std::process::exit(1);
    }
}
