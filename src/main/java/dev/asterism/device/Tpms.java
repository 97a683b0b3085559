package dev.asterism.device;

import dev.asterism.wire.MalformedException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** TPMs by the names that flags and configurations give them. */
public final class Tpms {
  private static final String SWTPM = "swtpm:";
  private static final String SOFTWARE = "software:";
  private static final String FORMS = "/dev/…, swtpm:HOST:PORT or software:PATH";

  private Tpms() {}

  /**
   * The TPM of that name; no device is touched before {@link Tpm#open}.
   *
   * @param uri {@code /dev/tpmrm0}, {@code swtpm:127.0.0.1:2321} or {@code software:/path/state}
   */
  public static Tpm open(String uri) throws MalformedException {
    if (uri.startsWith("/")) {
      return new KernelTpm(path(uri));
    }
    if (uri.startsWith(SWTPM)) {
      return swtpm(uri.substring(SWTPM.length()));
    }
    if (uri.startsWith(SOFTWARE) && uri.length() > SOFTWARE.length()) {
      return new SoftwareTpm(path(uri.substring(SOFTWARE.length())));
    }
    throw new MalformedException("tpm", "is not of the form " + FORMS);
  }

  /**
   * The same, by a name that lets in one conversation at a time: {@code /dev/tpm0} by itself, a
   * software TPM by a lock beside its file.
   */
  public static Tpm exclusive(String uri) throws MalformedException {
    Tpm tpm = open(uri);
    return uri.startsWith(SOFTWARE)
        ? new ExclusiveTpm(tpm, path(uri.substring(SOFTWARE.length()) + ".exclusive"))
        : tpm;
  }

  private static Path path(String text) throws MalformedException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new MalformedException("tpm", "holds something that is no path");
    }
  }

  private static Tpm swtpm(String address) throws MalformedException {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      throw new MalformedException("tpm", "is not of the form swtpm:HOST:PORT");
    }
    int port;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new MalformedException("tpm", "has no port number after the last colon");
    }
    if (port < 1 || port > 65535) {
      throw new MalformedException("tpm", "has a port outside 1 to 65535");
    }
    return new SwtpmSocket(address.substring(0, colon), port);
  }
}
