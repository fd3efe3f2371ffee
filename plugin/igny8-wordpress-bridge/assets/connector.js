/** The entry of IGNY8 in Settings → Connectors: state, and the way to the settings. */
import {
	__experimentalRegisterConnector as registerConnector,
	__experimentalConnectorItem as ConnectorItem,
} from '@wordpress/connectors';

const data = JSON.parse( document.getElementById( 'wp-script-module-data-igny8-connector' ).textContent );
const { element, components } = window.wp;
const h = element.createElement;

function Entry( { logo } ) {
	const button = h( components.Button, { variant: 'secondary', size: 'compact', href: data.settings }, data.action );
	return h( ConnectorItem, { logo, name: data.name, description: `${ data.description } ${ data.state }.`, actionArea: button } );
}

registerConnector( data.id, { name: data.name, description: data.description, render: Entry } );
