package dev.asterism.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.asterism.crypto.FastCrypto;
import java.security.Security;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test class as a long-running role would run it, with native code before the JDK's. A class
 * that extends another one's tests with this repeats them.
 */
public final class UnderFastCrypto implements BeforeAllCallback, AfterAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    assumeTrue(FastCrypto.install(), "the native crypto provider does not load on this platform");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Security.removeProvider(AmazonCorrettoCryptoProvider.PROVIDER_NAME);
  }
}
