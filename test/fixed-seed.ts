import fc from "fast-check";

// Property tests try the same inputs every time; `FC_SEED=random npx vitest` looks further.
fc.configureGlobal(process.env.FC_SEED === "random" ? {} : { seed: 20190616 });
