// Questions that are checked here: a number to type, or one of several answers to choose.

for (const [k, form] of [...document.querySelectorAll("form.question")].entries()) {
  const { answer } = form.dataset;
  const choices = [...form.querySelectorAll("input[type=radio]")];
  const typed = html("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const said = html("p", { class: "unanswered", role: "status" });
  for (const choice of choices) choice.name = `question${k}`;
  if (!choices.length) form.append(html("label", {}, `${word("answer")} `, typed));
  form.append(html("button", { type: "submit" }, word("check")), said);

  /** Whether it is right; a text where there is nothing to judge. */
  function judged() {
    if (choices.length) {
      const chosen = choices.find((choice) => choice.checked);
      return chosen ? chosen.value === answer : word("no_choice");
    }
    const text = typed.value.trim().replace("−", "-").replace(",", ".");
    const x = Number(text);
    if (text === "" || !Number.isFinite(x)) return word("no_number");
    const rounded = Number.isInteger(Number(answer)) ? 0 : 0.006 * Math.max(0.1, Math.abs(answer));
    return Math.abs(x - answer) <= rounded;
  }

  form.onsubmit = (event) => {
    event.preventDefault();
    const result = judged();
    form.querySelector(".right").hidden = result !== true;
    form.querySelector(".wrong").hidden = result !== false;
    said.textContent = typeof result === "string" ? result : "";
  };
}
for (const told of document.querySelectorAll(".question :is(.right, .wrong)")) told.setAttribute("role", "status");
