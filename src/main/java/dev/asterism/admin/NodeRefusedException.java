package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;

/** The node's evidence was not accepted: nothing was sent to it. */
public final class NodeRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Appraisal appraisal;

  NodeRefusedException(Endpoint endpoint, Appraisal appraisal) {
    super("the node at " + endpoint + " is not trusted: " + appraisal.reason());
    this.appraisal = appraisal;
  }

  /** Refused or undecided, with every check. */
  public Appraisal appraisal() {
    return appraisal;
  }
}
