package dev.asterism.bootstrap;

import dev.asterism.kubernetes.Component;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What no ticket and no admin may have this node install, asked before the node is taken: bytes
 * that anybody on the way can choose, and files that are bootstrapping's own.
 */
final class ComponentRules {
  private static final int MAX_COMPONENTS = 256;
  private static final Pattern HASH = Pattern.compile("sha256:[0-9a-fA-F]{64}");

  /** Keys, identity, and what the kernel shows as files. */
  private static final List<Path> FORBIDDEN =
      List.of(
          Path.of("/run/state/constellation"),
          Path.of("/run/state/kubelet"),
          Path.of("/run/state/ssh"),
          Path.of("/var/run/state/ssh"),
          Path.of("/run/asterism"),
          Path.of("/run/cryptsetup-keys.d"),
          Path.of("/etc/kubernetes/pki"),
          Path.of("/dev"),
          Path.of("/proc"),
          Path.of("/sys"));

  private ComponentRules() {}

  /**
   * @throws MalformedException naming the component by its place in the list
   */
  static List<Component> check(List<Component> components) throws MalformedException {
    if (components.size() > MAX_COMPONENTS) {
      throw new MalformedException("kubernetes_components", "are more than " + MAX_COMPONENTS);
    }
    for (int i = 0; i < components.size(); i++) {
      check("kubernetes_components[" + i + "]", components.get(i));
    }
    return components;
  }

  private static void check(String where, Component component) throws MalformedException {
    boolean inline = component.url().startsWith("data:");
    if (!inline && !component.url().startsWith("https://")) {
      throw new MalformedException(where + ".url", "is neither https nor data:");
    }
    boolean hashed = !component.hash().isEmpty();
    if (hashed && !HASH.matcher(component.hash()).matches()) {
      throw new MalformedException(where + ".hash", "is not sha256:<64 hex digits>");
    }
    if (!inline && !hashed) {
      throw new MalformedException(where + ".hash", "is missing, and the download needs one");
    }
    checkPath(where + ".install_path", component.installPath());
  }

  private static void checkPath(String where, String text) throws MalformedException {
    if (!text.startsWith("/") || text.chars().anyMatch(Character::isISOControl)) {
      throw new MalformedException(where, "is not an absolute path");
    }
    Path path = Path.of(text);
    if (!path.normalize().equals(path)) {
      throw new MalformedException(where, "steps out of its directory");
    }
    for (Path forbidden : FORBIDDEN) {
      // Above it, too: an archive unpacked there could reach it.
      if (path.startsWith(forbidden) || forbidden.startsWith(path)) {
        throw new MalformedException(where, "leads to " + forbidden + ", where no component goes");
      }
    }
  }
}
