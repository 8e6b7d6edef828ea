// Hides a question until the answer is given on which it hangs.
// Without this file it is shown, and its help says when it is to be answered.

const answerTo = (form, name) => {
  const chosen = form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
  return chosen ? chosen.value : "";
};

const tie = (field) => {
  const form = field.closest("form, section");
  const update = () => {
    field.hidden = answerTo(form, field.dataset.shownIf) !== field.dataset.shownValue;
  };
  form.addEventListener("change", update);
  update();
};

document.querySelectorAll("[data-shown-if]").forEach(tie);
