import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { addressOf } from "../../src/queue/address.ts";

describe("the address of a queue", () => {
  it.each([
    ["redis://h", "redis", "redis://h"],
    ["redis://:s3cret@h:6380/2", "redis", "redis://h:6380/2"],
    ["rediss://me:s3cret@h:6380?family=6", "redis", "rediss://h:6380"],
    ["postgres://me:s3cret@h:5433/q?sslmode=require&password=s3cret", "postgres", "postgres://h:5433/q"],
    ["postgresql://h/q", "postgres", "postgresql://h/q"],
    ["postgres:///q?host=/var/run/postgresql", "postgres", "postgres:///q"],
  ])("%s is shown without what is secret", (url, kind, shown) => {
    expect(addressOf(url, "url")).toEqual({ kind, url, shown, field: "url" });
  });

  it.each([
    "",
    "h",
    "h:6379",
    "http://me:s3cret@h",
    "redis:",
    "redis:///2",
    "amqp://me:s3cret@h",
    "redis://me:s3cret@h:port",
  ])("%o is refused in one line that shows no password", (url) => {
    const refused = (() => {
      try {
        addressOf(url, "--engine");
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(VshiftError);
    expect((refused as VshiftError).message).toMatch(/^--engine: ".*" is not the address of a queue; write redis:/);
    expect((refused as VshiftError).message).not.toContain("s3cret");
  });
});
