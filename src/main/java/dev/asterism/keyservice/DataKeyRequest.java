package dev.asterism.keyservice;

import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyIds;
import dev.asterism.rpc.CallException;
import io.grpc.Status;
import java.util.regex.Pattern;

/**
 * A request that may be answered.
 *
 * @param id a state disk's UUID, a reserved id, or that of a volume
 * @param length in bytes, 1 to 128; 32 for a reserved id
 */
record DataKeyRequest(String id, int length) {
  /** UUIDs are of this form too. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,253}");

  /**
   * Checks a request.
   *
   * @param length an unsigned integer
   * @throws CallException INVALID_ARGUMENT, with what to ask for instead
   */
  static DataKeyRequest checked(String id, int length) throws CallException {
    if (id.isEmpty()) {
      throw invalid("data_key_id: is empty");
    }
    if (!isId(id)) {
      throw invalid("data_key_id: is not 1 to 253 letters, digits, dots, dashes and underscores");
    }
    if (length < 1 || length > HkdfKeySource.MAX_LENGTH) {
      throw invalid("length: is not 1 to " + HkdfKeySource.MAX_LENGTH);
    }
    if (KeyIds.RESERVED.contains(id) && length != KeyIds.LENGTH) {
      throw invalid("length: is not " + KeyIds.LENGTH + ", that of " + id);
    }
    return new DataKeyRequest(id, length);
  }

  /** Whether ids are made of such characters, and of so few. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  private static CallException invalid(String why) {
    return new CallException(Status.Code.INVALID_ARGUMENT, why);
  }
}
