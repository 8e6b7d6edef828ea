// Saves a form as it is typed: at most two seconds apart, and when the page is left.
// Without this file every form is saved by its button.

const EVERY = 1500;
const AGAIN = 5000;
const AGAIN_AT_MOST = 60000;
const FILES_NEED_THE_BUTTON = (form) => {
  const data = new FormData(form);
  form.querySelectorAll("input[type=file]").forEach((input) => data.delete(input.name));
  return data;
};

const watch = (form) => {
  const line = form.querySelector("[data-saved]");
  const words = line.querySelector("span");
  let timer = null;
  let sending = false;
  let changed = false;
  let pause = AGAIN;

  const say = (text, isProblem) => {
    words.textContent = text;
    line.classList.toggle("is-bad", isProblem);
    line.classList.remove("htmx-request");
  };

  const take = (answer) => {
    Object.entries(answer.seen ?? {}).forEach(([name, mark]) => {
      const input = form.querySelector(`input[name="${name}"]`);
      if (input) {
        input.value = mark;
      }
    });
    const panel = document.getElementById("checks");
    if (answer.panel && panel) {
      panel.innerHTML = answer.panel;
      panel.dispatchEvent(new Event("swapped", { bubbles: true }));
    }
    say(answer.problem || answer.saved, Boolean(answer.problem));
  };

  const send = async (leaving) => {
    clearTimeout(timer);
    timer = null;
    if (sending && !leaving) {
      timer = setTimeout(send, EVERY);
      return;
    }
    sending = true;
    changed = false;
    line.classList.add("htmx-request");
    try {
      const reply = await fetch(form.action || location.href, {
        method: "POST",
        body: FILES_NEED_THE_BUTTON(form),
        headers: { "X-Autosave": "1" },
        keepalive: Boolean(leaving),
      });
      const isOurs = (reply.headers.get("Content-Type") ?? "").includes("json");
      if (reply.redirected) {
        say(form.dataset.notSaved, true);
      } else if (!isOurs) {
        later();
      } else {
        pause = AGAIN;
        take(await reply.json());
      }
    } catch {
      later();
    } finally {
      sending = false;
    }
  };

  // The network or the server is away: what is typed stays unsaved until one try succeeds.
  const later = () => {
    changed = true;
    say(form.dataset.retrying, true);
    timer ??= setTimeout(send, pause);
    pause = Math.min(2 * pause, AGAIN_AT_MOST);
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") {
      return;
    }
    changed = true;
    timer ??= setTimeout(send, EVERY);
  });
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  addEventListener("online", () => {
    if (changed) {
      send();
    }
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) {
      send(true);
    }
  });
  if ("unsaved" in form.dataset) {
    send();
  }
};

document.querySelectorAll("form[data-autosave]").forEach(watch);
