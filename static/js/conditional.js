// Hides a question until the answer is given on which it hangs.
// Without this file it is shown, and its help says when it is to be answered.

const answerTo = (form, name) => {
  const chosen = form.querySelector(`:is(select, :checked)[name="${CSS.escape(name)}"]`);
  return chosen ? chosen.value : "";
};

const tie = (field) => {
  const form = field.closest("form, section");
  const { shownIf, shownValue, hiddenBy, hiddenValue } = field.dataset;
  const update = () => {
    field.hidden = hiddenBy
      ? answerTo(form, hiddenBy) === hiddenValue
      : answerTo(form, shownIf) !== shownValue;
  };
  form.addEventListener("change", update);
  update();
};

document.querySelectorAll("[data-shown-if], [data-hidden-by]").forEach(tie);
