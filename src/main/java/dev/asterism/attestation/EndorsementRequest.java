package dev.asterism.attestation;

import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One endorsement of one vendor's service.
 *
 * @param service whose base URL is meant: {@code amd-kds}, {@code intel-pcs}
 * @param path behind that, with its query: {@code /vcek/v1/Milan/crl}; two requests for the same
 *     thing have the same
 * @param headers of the answer that are part of the endorsement
 * @param limit the largest body, in bytes
 * @param inspection decides whether an answer is one
 * @param proven whether inspection shows who made it; else only the connection did, and it must not
 *     be taken from a disk
 */
public record EndorsementRequest(
    String service,
    String path,
    List<String> headers,
    int limit,
    Inspection inspection,
    boolean proven) {
  private static final Pattern SERVICE = Pattern.compile("[a-z0-9-]{1,32}");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/?&=%+-]{1,512}");

  public EndorsementRequest {
    headers = List.copyOf(headers);
    if (!SERVICE.matcher(service).matches() || !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("not a service and a path");
    }
  }

  /** One that its inspection proves. */
  public EndorsementRequest(
      String service, String path, List<String> headers, int limit, Inspection inspection) {
    this(service, path, headers, limit, inspection, true);
  }

  /** The same thing has the same key. */
  public String key() {
    return service + path;
  }

  /**
   * Checks an answer, from wherever it comes, as far as that can be done without the evidence:
   * form, signature, and that it is what was asked for.
   */
  @FunctionalInterface
  public interface Inspection {
    /**
     * @throws MalformedException if it is not such an endorsement, saying why
     */
    Endorsement.Life inspect(Endorsement answer) throws MalformedException;
  }
}
