// The conversation with the local Discord: what one sees comes by itself, and each act gets an answer.

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
      for (const answer of this.waiting.values()) answer({ error: "The local Discord is gone. Start make try again." });
      this.waiting.clear();
      this.heard({ gone: true });
      setTimeout(() => this.connect(), 2000);
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
        answer({ error: "The local Discord can't be reached." });
        return;
      }
      this.number += 1;
      this.waiting.set(this.number, answer);
      this.socket.send(JSON.stringify({ ...what, id: this.number }));
    });
  }

  async upload(file) {
    const response = await fetch(`/page/upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    return (await response.json()).upload;
  }
}
