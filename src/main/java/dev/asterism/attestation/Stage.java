package dev.asterism.attestation;

import java.util.Locale;

/** The kind of question a check answers, in the order in which they are usually asked. */
public enum Stage {
  PARSE,
  CHAIN,
  TIME,
  REVOCATION,
  SIGNATURE,
  IDENTITY,
  BINDING,
  NONCE,
  PCRS,
  TCB,
  POLICY;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
