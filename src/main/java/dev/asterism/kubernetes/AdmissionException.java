package dev.asterism.kubernetes;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A machine, or an admin's order, that the admission records speak against. */
public final class AdmissionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Rule rule;
  private final String told;
  private final transient @Nullable AdmissionRecord holder;

  /** What speaks against it. */
  public enum Rule {
    REVOKED("revoked"),
    /** The machine has another name. */
    NODE("node"),
    ROLE("role"),
    /** Another machine has the name. */
    NAME("name"),
    DISK("disk"),
    ADDRESS("address"),
    /** Another machine comes from the same launch of a guest, or this one from two at once. */
    LAUNCH("launch"),
    /** A disk that no machine was ever admitted with. */
    UNKNOWN_DISK("unknown-disk"),
    RELEASED("released"),
    /** Too many machines wait already. */
    FULL("full"),
    /** An order that names no record, or more than one. */
    ORDER("order");

    private final String id;

    Rule(String id) {
      this.id = id;
    }

    public String id() {
      return id;
    }
  }

  /**
   * @param told for the machine itself: names nobody else
   * @param full for audit record, log and admin
   * @param holder whose record stands in the way
   */
  AdmissionException(Rule rule, String told, String full, @Nullable AdmissionRecord holder) {
    super(full);
    this.rule = rule;
    this.told = told;
    this.holder = holder;
  }

  static AdmissionException order(String message) {
    return new AdmissionException(Rule.ORDER, message, message, null);
  }

  public Rule rule() {
    return rule;
  }

  /** What the machine may know. */
  public String told() {
    return told;
  }

  /** Whose record stands in the way; empty where none does. */
  public Optional<AdmissionRecord> holder() {
    return Optional.ofNullable(holder);
  }
}
