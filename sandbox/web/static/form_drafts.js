// What was written in a form and not sent, for the next time that the form opens; it survives a reload.

export class FormDraft {
  // A form is the same if its title and what it is filled in with are: ids can be new each time.
  constructor(name, { title, typed }) {
    this.key = JSON.stringify(["form", name, title, typed]);
  }

  get texts() {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
  }

  keep(texts) {
    sessionStorage.setItem(this.key, JSON.stringify(texts));
  }

  discard() {
    sessionStorage.removeItem(this.key);
  }
}
