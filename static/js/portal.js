// Small comforts; every page works without this file.

// A reader's cursor starts at the list of problems, when there is one.
document.querySelector(".v-errsum")?.focus();

// A second click on a slow line must not send a form twice; the back button must find it usable again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// A text block fills the message of its form, unless something else was written there.
document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-fills]");
  if (!select) {
    return;
  }
  const message = select.form.querySelector(`[name$="${select.dataset.fills}"]`);
  const texts = [...select.options].map((option) => option.dataset.text ?? "");
  if (texts.includes(message.value) || !message.value.trim()) {
    message.value = select.selectedOptions[0].dataset.text ?? "";
    message.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// A deadline is also told in the reader's own time, where the device keeps another one.
const tellHere = (root) => {
  // The portal's English is that of Europe.
  const locale = document.documentElement.lang.replace(/^en$/, "en-GB");
  root.querySelectorAll("[data-here]").forEach((line) => {
    const moment = new Date(line.dataset.here);
    const [, sign, hours, minutes] = line.dataset.here.match(/([+-])(\d\d):(\d\d)$/);
    const offset = (sign === "-" ? -1 : 1) * (60 * Number(hours) + Number(minutes));
    if (offset !== -moment.getTimezoneOffset()) {
      line.querySelector("time").textContent = new Intl.DateTimeFormat(locale, {
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "2-digit",
        hourCycle: "h23",
        minute: "2-digit",
        second: moment.getUTCSeconds() ? "2-digit" : undefined,
        timeZoneName: "short",
      })
        .format(moment)
        // An offset such as GMT-5 stays in one piece.
        .replace(/-(?=\d+$)/, "\u2011");
      line.hidden = false;
    }
  });
};
tellHere(document);
document.addEventListener("swapped", (event) => tellHere(event.target));

// One box stands for all boxes of its form, and for none when one of them is taken back.
document.addEventListener("change", (event) => {
  const all = event.target.form?.querySelector("[data-ticks-all]");
  if (!all || event.target.type !== "checkbox") {
    return;
  }
  const others = [...all.form.querySelectorAll("input[type=checkbox]")].filter((box) => box !== all);
  if (event.target === all) {
    others.forEach((box) => {
      box.checked = all.checked;
    });
  } else {
    all.checked = others.every((box) => box.checked);
  }
});

// Escape and a click elsewhere close an open menu.
const closeMenus = (except) => {
  document.querySelectorAll("details.v-menu[open]").forEach((menu) => {
    if (menu !== except) {
      menu.open = false;
    }
  });
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.v-menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.v-menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
