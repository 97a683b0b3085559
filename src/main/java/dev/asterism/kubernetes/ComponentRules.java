package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.kubernetes.ComponentSignature.Item;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What no ticket and no admin may have this node install, asked before the node is taken: bytes
 * that anybody on the way can choose, and whatever the image's policy does not let in.
 */
public final class ComponentRules {
  private static final int MAX_COMPONENTS = 256;

  private final ComponentPolicy policy;
  private final NodeTree tree;

  /**
   * @param root {@code /} of the node
   */
  public ComponentRules(ComponentPolicy policy, Path root) {
    this.policy = policy;
    this.tree = new NodeTree(root);
  }

  /**
   * @return the same list
   * @throws MalformedException naming the component by its place in the list
   */
  public List<Component> check(List<Component> components) throws MalformedException {
    if (components.size() > MAX_COMPONENTS) {
      throw new MalformedException("kubernetes_components", "are more than " + MAX_COMPONENTS);
    }
    var items = new ArrayList<Item>();
    for (Component component : components) {
      String where = "kubernetes_components[" + items.size() + "]";
      Bytes sha256 = content(where, component);
      Path path = place(where + ".install_path", component);
      var item = new Item(component, sha256);
      if (policy.signers().isEmpty() || !item.isSignature()) {
        pinned(where + ".hash", item, path);
      }
      items.add(item);
    }
    if (!policy.signers().isEmpty()) {
      ComponentSignature.check(items, policy.signers());
    }
    return components;
  }

  /** The hash that the content has, or must have once it is fetched. */
  private static Bytes content(String where, Component component) throws MalformedException {
    boolean inline = DataUrl.is(component.url());
    if (!inline && !component.url().startsWith("https://")) {
      throw new MalformedException(where + ".url", "is neither https nor data:");
    }
    String hash = component.hash();
    if (hash.isEmpty() && !inline) {
      throw new MalformedException(where + ".hash", "is missing, and the download needs one");
    }
    if (!inline) {
      return ComponentPolicyParser.hash(where + ".hash", hash);
    }
    Bytes actual = Digests.SHA256.of(data(where + ".url", component.url()));
    if (!hash.isEmpty() && !ComponentPolicyParser.hash(where + ".hash", hash).equals(actual)) {
      throw new MalformedException(where + ".hash", "is not that of the content");
    }
    return actual;
  }

  private static Bytes data(String where, String url) throws MalformedException {
    try {
      return DataUrl.decode(url);
    } catch (MalformedException e) {
      throw new MalformedException(where, String.valueOf(e.getMessage()));
    }
  }

  private Path place(String where, Component component) throws MalformedException {
    Path said = NodeTree.absolute(where, component.installPath());
    Path path;
    try {
      path = tree.canonical(where, component.installPath());
    } catch (IOException e) {
      throw new UncheckedIOException("the node's own links cannot be read", e);
    }
    if (!policy.permits(path, component.extract())) {
      String how = path.equals(said) ? "leads" : "leads, by a link on this node,";
      throw new MalformedException(where, how + " to where this image lets no component go");
    }
    return path;
  }

  private void pinned(String where, Item item, Path path) throws MalformedException {
    Set<Bytes> byPath = policy.pins().get(path.toString());
    Set<Bytes> byUrl = policy.pins().get(item.component().url());
    for (Set<Bytes> pins : Arrays.asList(byPath, byUrl)) {
      if (pins != null && !pins.contains(item.sha256())) {
        throw new MalformedException(where, "is none that this image pins for this component");
      }
    }
    if (byPath == null && byUrl == null && !policy.pins().isEmpty() && policy.signers().isEmpty()) {
      throw new MalformedException(where, "is not pinned, as this image wants everything to be");
    }
  }
}
