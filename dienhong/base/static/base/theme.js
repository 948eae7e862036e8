// Pages that the server draws without knowing the reader (errors) take the chosen theme from the cookie.
const chosen = /(?:^|; )theme=(day|night|wall)(?:;|$)/.exec(document.cookie);
if (chosen) document.documentElement.classList.add(chosen[1]);
