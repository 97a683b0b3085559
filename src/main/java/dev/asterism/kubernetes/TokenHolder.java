package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.time.Duration;

/**
 * Whose a bootstrap token is. Its Secret has one of a few names that follow from the machine, which
 * bounds how many it has.
 *
 * @param machine see {@link AdmissionRecord#identity}
 * @param purpose digest over name, role and disk that it was asked for with
 */
public record TokenHolder(String machine, String purpose) {
  /** How long a token is given again to who lost it; after that there is a new one. */
  public static final Duration REUSE = Duration.ofMinutes(5);

  /** Names to look at: another machine's may follow to the same one, of two thousand millions. */
  public static final int PLACES = 8;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 6;

  public static TokenHolder of(String machine, String node, boolean controlPlane, String disk) {
    return new TokenHolder(
        machine,
        Digests.SHA256
            .of(Bytes.ofUtf8(node + " " + AdmissionRecord.role(controlPlane) + " " + disk))
            .hex());
  }

  /**
   * The public half of this machine's token where Secrets may be read.
   *
   * @param place from 0 on; the next where another's token lies
   */
  public String tokenId(int place) {
    Bytes digest = Digests.SHA256.of(Bytes.ofUtf8("token " + place + " " + machine));
    var id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      // A few ids are a little likelier than others; they are names, and no secrets.
      id.append(ALPHABET.charAt((digest.at(i) & 0xff) % ALPHABET.length()));
    }
    return id.toString();
  }
}
