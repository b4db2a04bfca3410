// The WebSocket to the local Discord: views are pushed, and each request gets a response.

const GONE = "The local Discord was stopped. Run make try again; this page reconnects automatically.";
const RETRY_MILLISECONDS = 2000;

export class Connection {
  constructor(heard) {
    this.heard = heard;
    this.waiting = new Map();
    this.number = 0;
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(`ws://${location.host}/page/socket`);
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      for (const answer of this.waiting.values()) answer({ error: GONE });
      this.waiting.clear();
      this.heard({ gone: GONE });
      setTimeout(() => this.connect(), RETRY_MILLISECONDS);
    });
  }

  take(said) {
    if ("to" in said) {
      this.waiting.get(said.to)?.(said);
      this.waiting.delete(said.to);
    } else {
      this.heard(said);
    }
  }

  ask(what) {
    return new Promise((answer) => {
      if (this.socket.readyState !== WebSocket.OPEN) {
        answer({ error: GONE });
        return;
      }
      this.number += 1;
      this.waiting.set(this.number, answer);
      this.socket.send(JSON.stringify({ ...what, id: this.number }));
    });
  }

  // Send the request that `make` returns after uploading its files.
  async askWithFiles(make) {
    try {
      return await this.ask(await make());
    } catch {
      return { error: GONE };
    }
  }

  // Upload files and return the numbers by which requests refer to them.
  async upload(files) {
    const numbers = [];
    for (const file of files) {
      const address = `/page/upload?name=${encodeURIComponent(file.name)}`;
      const response = await fetch(address, { method: "POST", body: file });
      numbers.push((await response.json()).upload);
    }
    return numbers;
  }
}
