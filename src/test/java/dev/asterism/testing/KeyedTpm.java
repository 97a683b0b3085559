package dev.asterism.testing;

import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Software TPMs with the same seeds, whose RSA keys are found already: to look for their primes
 * takes longer than all else in a test.
 */
public final class KeyedTpm {
  /** TPM2_CreatePrimary of the contract's key, with the hierarchy in its middle. */
  private static final String BEFORE = "8002 00000041 00000131";

  private static final String AFTER =
      "00000009 40000009 0000 00 0000" // an empty password
          + "0004 0000 0000" // inSensitive
          + "0018 0001 000b 00050072 0000 0010 0014 000b 0800 00000000 0000" // inPublic
          + "0000 00000000"; // outsideInfo, creationPCR

  private static byte @Nullable [] made;

  private KeyedTpm() {}

  /** A TPM whose state is in a new file, with nothing in it but the keys of owner and vendor. */
  public static synchronized SoftwareTpm create(Path state) throws IOException {
    if (made == null) {
      try (Tpm.Conversation tpm = SoftwareTpm.create(state, new SecureRandom()).open()) {
        for (String hierarchy : new String[] {"40000001", "4000000b"}) {
          String command = (BEFORE + hierarchy + AFTER).replace(" ", "");
          byte[] answer = tpm.transmit(HexFormat.of().parseHex(command));
          if (answer.length <= 10) {
            throw new IOException("no key: " + HexFormat.of().formatHex(answer));
          }
        }
      }
      made = Files.readAllBytes(state);
    } else {
      Files.write(state, made);
    }
    return new SoftwareTpm(state);
  }
}
