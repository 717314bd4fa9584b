package infometis.nifi;

import org.apache.nifi.authorization.AuthorizationRequest;
import org.apache.nifi.authorization.AuthorizationResult;
import org.apache.nifi.authorization.Authorizer;
import org.apache.nifi.authorization.AuthorizerConfigurationContext;
import org.apache.nifi.authorization.AuthorizerInitializationContext;

/** Lets everybody who is known do everything, as NiFi's single-user authorizer does. */
public class StandInAuthorizer implements Authorizer {
    @Override
    public void initialize(AuthorizerInitializationContext context) {
    }

    @Override
    public void onConfigured(AuthorizerConfigurationContext context) {
    }

    @Override
    public AuthorizationResult authorize(AuthorizationRequest request) {
        return request.isAnonymous() ? AuthorizationResult.denied("nobody is known by that name") : AuthorizationResult.approved();
    }

    @Override
    public void preDestruction() {
    }
}
