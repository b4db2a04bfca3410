// The conversation with the local Discord: what one sees comes by itself, and each act gets an answer.

const GONE = "The local Discord is gone. Start make try again; this page goes on when it is back.";
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

  // The same, where the question has files that must be sent before it: `make` gives it.
  async askWithFiles(make) {
    try {
      return await this.ask(await make());
    } catch {
      return { error: GONE };
    }
  }

  // The numbers that stand for these files in an act.
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
